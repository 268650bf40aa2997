import Router from '@koa/router';
import Koa, { type Context } from 'koa';
import { Overloaded } from '../ports';
import { DatabaseFault, type Log } from '../runtime';
import { documentOf, problem, problemType, type Problem } from './problem';
import { readJson } from './read-body';
import type { Route, RouteAnswer } from './route';
import type { Application } from './server';
import { validate } from './validate';

const retryAfterSeconds = 1;

/** The routes as an application: every answer is what its route says, or a problem document. */
export function application(routes: readonly Route[], log: Log): Application {
  const router = new Router({ strict: true, sensitive: true });
  for (const route of routes)
    router.register(route.path, [route.method], async (context) => send(context, await answer(route, context)));
  const app = new Koa();
  app.on('error', (error: Error & { headerSent?: boolean }) => {
    const clientIsGone = error.headerSent;
    if (!clientIsGone) log.error({ error: error.stack }, 'a connection failed');
  });
  app.use(async (context, next) => {
    const unroutable = checkTarget(router, context);
    if (unroutable) return send(context, unroutable);
    try {
      await next();
    } catch (error) {
      send(context, unexpected(error, context, log));
    }
  });
  app.use(router.routes());
  return { answer: app.callback(), failed: (error) => void app.emit('error', error) };
}

function checkTarget(router: Router, context: Context): Problem | undefined {
  let found;
  try {
    found = router.match(context.path, context.method);
  } catch {
    return problem(400, 'what is asked for is not a URL'); // `http://[`: koa takes it apart when it is first looked at
  }
  if (found.route) return undefined;
  return found.path.length > 0 ? wrongMethod(found.path) : problem(404, 'there is nothing of this name');
}

function wrongMethod(layers: readonly { readonly methods: readonly string[] }[]): Problem {
  const allowed = [...new Set(layers.flatMap(({ methods }) => methods))].sort().join(', ');
  return problem(405, `only ${allowed} can be asked of this`, { headers: { Allow: allowed } });
}

async function answer(route: Route, { params, query, req }: Context): Promise<RouteAnswer | Problem> {
  const barred = route.guard?.(req);
  if (barred) return barred;
  const read = route.body ? await readJson(req) : { value: undefined };
  if ('problem' in read) return read;
  const valid = validate(route, { params, query: { ...query }, headers: req.headers, body: read.value });
  return 'problem' in valid ? valid : route.handle(valid);
}

function send(context: Context, answer: RouteAnswer | Problem): void {
  const isProblem = 'problem' in answer;
  context.status = answer.status;
  for (const [name, value] of Object.entries(answer.headers ?? {})) context.set(name, value);
  const { body } = isProblem ? { body: documentOf(answer) } : answer;
  const isWritten = typeof body === 'string' || body instanceof Uint8Array;
  context.body = isWritten ? body : JSON.stringify(body);
  if (!isWritten) context.type = isProblem ? problemType : 'application/json';
}

function unexpected(error: unknown, { method, path }: Context, log: Log): Problem {
  const headers = { 'Retry-After': `${retryAfterSeconds}` };
  if (error instanceof Overloaded) return problem(503, `too much is going on: ${error.message}`, { headers });
  if (error instanceof DatabaseFault && (error.kind === 'lost' || error.kind === 'conflict'))
    return problem(503, 'the database does not answer; ask again', { headers });
  log.error({ method, path, error: error instanceof Error ? error.stack : String(error) }, 'a request failed');
  return problem(500, 'something is wrong on our side; it is in the log');
}
