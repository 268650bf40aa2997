import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import { lostKeys } from './lost-keys';
import { problem, type FieldFault, type Problem } from './problem';
import type { Route } from './route';

/** What a request consists of, before anybody has looked at it. */
export interface Raw {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | string[] | undefined>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}
export interface Valid {
  readonly params: unknown;
  readonly query: unknown;
  readonly headers: unknown;
  readonly body: unknown;
}

/** Every fault of a request at once. A path that cannot be the name of anything is one where nothing is to be found. */
export function validate(route: Route, raw: Raw): Valid | Problem {
  const faults: FieldFault[] = [];
  const check = (schema: z.ZodType | undefined, value: unknown): unknown => {
    if (!schema) return undefined;
    const result = schema.safeParse(value, { reportInput: false });
    if (!result.success) faults.push(...result.error.issues.flatMap(faultsOf));
    return result.data;
  };
  const params = check(route.params, raw.params);
  if (faults.length > 0 && route.method === 'GET')
    return problem(404, 'there is nothing of this name', { errors: faults });
  const query = check(route.query, raw.query);
  const headers = check(route.headers, raw.headers);
  const body = check(route.body, raw.body);
  const named = new Set(faults.map(({ path }) => path));
  if (route.body)
    faults.push(
      ...lostKeys(raw.body)
        .map(lost)
        .filter(({ path }) => !named.has(path)),
    );
  if (faults.length === 0) return { params, query, headers, body };
  const errors = faults.slice(0, faultsMax);
  const which = errors.length < faults.length ? `, for the first ${faultsMax} of ${faults.length} faults` : '';
  return problem(422, `the request is not valid; errors says where and why${which}`, { errors });
}

/** So that an answer is not many times as long as its request. */
const faultsMax = 1_000;

function faultsOf(issue: z.core.$ZodIssue): FieldFault[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: pathOf([...issue.path, key]), message: 'there is no such field' }));
  return [{ path: pathOf(issue.path), message: issue.message }];
}

const lost = (path: readonly PropertyKey[]): FieldFault => ({
  path: pathOf(path),
  message: 'a field cannot have this name',
});

function pathOf(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text.startsWith('.') ? text.slice(1) : text;
}
