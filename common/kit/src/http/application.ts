import Router from '@koa/router';
import type { Socket } from 'node:net';
import Koa, { type Context } from 'koa';
import compose from 'koa-compose';
import { Overloaded } from '../ports';
import { DatabaseFault, failureOf, NewerDefinition, PausedSaga, requested, type Log } from '../runtime';
import type { Access } from './access';
import { admit } from './admit';
import { EventStream } from './event-stream';
import { documentOf, problem, problemType, type Problem } from './problem';
import { readJson } from './read-body';
import type { Route, RouteAnswer } from './route';
import type { Application } from './server';
import { validate } from './validate';

const retryAfterSeconds = 1;

/** The routes as an application: every answer is what its route says, or a problem document. */
export function application(routes: readonly Route[], log: Log): Application {
  const router = new Router({ strict: true, sensitive: true });
  const around = new Map<unknown, Around | undefined>();
  const own = new Map<unknown, Route>();
  const streams = new Set<EventStream>();
  for (const route of routes) {
    const handle = async (context: Context) => {
      const answered = await answer(route, context);
      if ('body' in answered && answered.body instanceof EventStream) note(streams, answered.body, context.req.socket);
      send(context, answered);
    };
    const layer = router.register(route.path, [route.method], handle);
    around.set(layer, aroundOf(route.access));
    if (route.access) own.set(layer, route); // else probes would be traced
  }
  const app = new Koa();
  app.on('error', (error: Error & { headerSent?: boolean }) => {
    const clientIsGone = error.headerSent;
    if (!clientIsGone) log.error({ error: error.stack }, 'a connection failed');
  });
  app.use(async (context, next) => {
    const { layer, unroutable } = targetOf(router, context);
    const onward = async () => (unroutable ? send(context, unroutable) : next());
    const answered = async () => {
      try {
        await (around.get(layer)?.(context, onward) ?? onward());
      } catch (error) {
        send(context, unexpected(error, context, log));
      }
    };
    await inTrace(own.get(layer), context, answered);
  });
  app.use(router.routes());
  return {
    answer: app.callback(),
    failed: (error) => void app.emit('error', error),
    closing: () => streams.forEach((stream) => stream.end()),
  };
}

/** Whoever has hung up on his side might still read an answer that has an end. Of one that has none, he has had enough. */
function note(streams: Set<EventStream>, stream: EventStream, socket: Socket): void {
  const hungUp = () => stream.destroy();
  streams.add(stream);
  socket.once('end', hungUp);
  stream.once('close', () => {
    streams.delete(stream);
    socket.off('end', hungUp);
  });
  if (socket.readableEnded) hungUp();
}

const inTrace = (route: Route | undefined, { req, response }: Context, answer: () => Promise<void>): Promise<void> =>
  route
    ? requested({ method: route.method, route: route.path, headers: req.headers }, answer, () => response.status)
    : answer();

type Around = compose.ComposedMiddleware<Context>;
const aroundOf = (access?: Access): Around | undefined =>
  access && compose<Context>(access.middleware.map((each) => (context, next) => each.use(context, next)));

/** Which route is asked for, of several of one path any: whose middleware it is. And what is wrong if it is none. */
function targetOf(router: Router, context: Context): { readonly layer?: unknown; readonly unroutable?: Problem } {
  let found;
  try {
    found = router.match(context.path, context.method);
  } catch {
    return { unroutable: problem(400, 'what is asked for is not a URL') }; // `http://[`: koa takes it apart when it is first looked at
  }
  if (found.route) return { layer: found.pathAndMethod[0] };
  if (found.path.length === 0) return { unroutable: problem(404, 'there is nothing of this name') };
  return { layer: found.path[0], unroutable: wrongMethod(found.path) };
}

function wrongMethod(layers: readonly { readonly methods: readonly string[] }[]): Problem {
  const allowed = [...new Set(layers.flatMap(({ methods }) => methods))].sort().join(', ');
  return problem(405, `only ${allowed} can be asked of this`, { headers: { Allow: allowed } });
}

async function answer(route: Route, context: Context): Promise<RouteAnswer | Problem> {
  const { params, query, req } = context;
  const barred = route.guard?.(req);
  if (barred) return barred;
  const admitted = await admit(route, context);
  if ('problem' in admitted) return admitted;
  const read = route.body ? await readJson(req) : { value: undefined };
  if ('problem' in read) return read;
  const valid = validate(route, { params, query: { ...query }, headers: req.headers, body: read.value });
  return 'problem' in valid ? valid : route.handle({ ...valid, ...admitted });
}

function send(context: Context, answer: RouteAnswer | Problem): void {
  const isProblem = 'problem' in answer;
  context.status = answer.status;
  for (const [name, value] of Object.entries(answer.headers ?? {})) context.set(name, value);
  const { body } = isProblem ? { body: documentOf(answer) } : answer;
  const isWritten = typeof body === 'string' || body instanceof Uint8Array || body instanceof EventStream;
  context.body = isWritten ? body : JSON.stringify(body);
  if (!isWritten) context.type = isProblem ? problemType : 'application/json';
}

function unexpected(error: unknown, { method, path }: Context, log: Log): Problem {
  const seconds = (error instanceof Overloaded && error.retryAfterSeconds) || retryAfterSeconds;
  const headers = { 'Retry-After': `${seconds}` };
  if (error instanceof Overloaded) return problem(503, `too much is going on: ${error.message}`, { headers });
  if (error instanceof DatabaseFault && (error.kind === 'lost' || error.kind === 'conflict'))
    return problem(503, 'the database does not answer; ask again', { headers });
  if (error instanceof NewerDefinition)
    return problem(503, `a newer program knows more of it: ${error.message}`, { headers });
  if (error instanceof PausedSaga) return problem(409, error.message);
  const own = refusalOf(error);
  if (own) return own;
  log.error({ method, path, error: failureOf(error, 20) }, 'a request failed');
  log.debug({ method, path, error: String(error) }, 'that is what it has failed with');
  return problem(500, 'something is wrong on our side; it is in the log');
}

/** What a middleware throws to be told: `context.throw(401)` makes an error that is to be exposed. */
function refusalOf(error: unknown): Problem | undefined {
  if (!(error instanceof Error) || !('expose' in error) || error.expose !== true) return undefined;
  const { status, headers, message } = error as Error & Partial<Record<'status' | 'headers', unknown>>;
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  return problem(status, message, isTexts(headers) ? { headers } : {});
}

const isTexts = (headers: unknown): headers is Readonly<Record<string, string>> =>
  typeof headers === 'object' && headers !== null && Object.values(headers).every((each) => typeof each === 'string');
