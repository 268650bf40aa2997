import type { RunningService } from '../app';
import { documentOf, type Problem } from '../http/problem';
import { validate } from '../http/validate';
import type { Route, RouteAnswer } from '../http/route';

/** A request to a route of a service, as a customer would send it. */
export interface SimulatedRequest {
  readonly method: Route['method'];
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}
/** What was answered; `body` is what the route's own schema makes of it, or a problem. */
export interface SimulatedResponse {
  readonly status: number;
  readonly body: any;
}

/** Whether one of these routes takes the request. */
export const takes = (routes: readonly Route[], request: SimulatedRequest): boolean =>
  routes.some((route) => paramsOf(route, request) !== undefined);

/** Answers a request without a server in between. */
export async function answered({ routes }: RunningService, request: SimulatedRequest): Promise<SimulatedResponse> {
  const route = routes.find((each) => paramsOf(each, request) !== undefined)!;
  const { headers = {}, body } = request;
  const valid = validate(route, { params: paramsOf(route, request)!, query: {}, headers, body });
  const answer: RouteAnswer | Problem =
    'problem' in valid ? valid : await route.handle({ ...valid, caller: undefined });
  if ('problem' in answer) return { status: answer.status, body: documentOf(answer) };
  return { status: answer.status, body: route.answers[answer.status]!.parse(answer.body) };
}

function paramsOf({ method, path }: Route, request: SimulatedRequest): Record<string, string> | undefined {
  if (method !== request.method) return undefined;
  const [wanted, given] = [path.split('/'), request.path.split('/')];
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries())
    if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(given[index]!);
    else if (part !== given[index]) return undefined;
  return params;
}
