import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Access } from './access';
import type { Problem } from './problem';

/**
 * A route as a literal: what it takes, what it answers and what it does. The same schemas validate requests and make the
 * OpenAPI document. `handle` sees only what is valid; it answers with one of `answers`, or with a `problem`.
 *
 * @example
 * ```ts
 * import { plainText, problem, route } from 'saga-kit/http';
 * import { z } from 'zod';
 *
 * export const greeting = route(
 *   {
 *     method: 'GET',
 *     path: '/greetings/:name',
 *     summary: 'A greeting',
 *     params: z.object({ name: plainText(60) }),
 *     answers: { 200: z.object({ text: z.string() }) },
 *   },
 *   async ({ params: { name } }) =>
 *     name === 'nobody' ? problem(404, 'there is nobody to greet') : { status: 200, body: { text: `Hello ${name}` } },
 * );
 * ```
 */
export function route<
  A extends Answers,
  P extends z.ZodObject = Nothing,
  Q extends z.ZodObject = Nothing,
  H extends z.ZodObject = Nothing,
  B extends z.ZodType = z.ZodUndefined,
  C extends z.ZodType = z.ZodUndefined,
>(
  literal: {
    readonly method: Method;
    /** `/orders/:orderId` */
    readonly path: string;
    readonly summary: string;
    readonly params?: P;
    readonly query?: Q;
    /** By lower-case name. */
    readonly headers?: H;
    readonly body?: B;
    /** Who may ask, of those whom the service's `Authentication` knows; any other caller is answered 403. */
    readonly caller?: C;
    /** Whoever asks is answered: the service's `Authentication` is not asked. */
    readonly open?: true;
    /** Of what it answers, where that is neither JSON nor plain text; the handler sends it as the Content-Type. */
    readonly mediaType?: string;
    readonly answers: A;
    /** Statuses of the problems that `handle` may answer with. */
    readonly problems?: readonly number[];
  },
  handle: (request: Request<P, Q, H, B, C>) => Promise<Answer<NoInfer<A>> | Problem>,
): Route {
  return { ...literal, query: (literal.query ?? z.object({})).strict(), handle };
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type Answers = { readonly [status: number]: z.ZodType };
type Nothing = z.ZodObject<{}>;

export interface Request<
  P extends z.ZodType,
  Q extends z.ZodType,
  H extends z.ZodType,
  B extends z.ZodType,
  C extends z.ZodType,
> {
  readonly params: z.output<P>;
  readonly query: z.output<Q>;
  readonly headers: z.output<H>;
  readonly body: z.output<B>;
  readonly caller: z.output<C>;
}

export type Answer<A extends Answers> = {
  [Status in keyof A & number]: {
    readonly status: Status;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body: z.input<A[Status]>;
  };
}[keyof A & number];

/** A route, whatever it takes. */
export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly params?: z.ZodObject;
  /** Strict: a parameter that is not in it is a fault. */
  readonly query: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly caller?: z.ZodType;
  readonly open?: true;
  /** What its service has bound before it. Routes of the kit have none. */
  readonly access?: Access;
  readonly mediaType?: string;
  readonly answers: Answers;
  readonly problems?: readonly number[];
  /** Asked before anything else is looked at. */
  readonly guard?: Guard;
  handle(request: {
    readonly params: any;
    readonly query: any;
    readonly headers: any;
    readonly body: any;
    readonly caller: any;
  }): Promise<RouteAnswer | Problem>;
}
/** Says why a request may not be answered; `undefined` when it may. */
export type Guard = (request: Pick<IncomingMessage, 'headers' | 'socket'>) => Problem | undefined;
export interface RouteAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text and bytes are sent as they are, an `EventStream` as it comes, anything else as JSON. */
  readonly body: unknown;
}

/** What a service answers over HTTP: bind one list for each group of routes. */
export abstract class Routes {
  abstract readonly routes: readonly Route[];
}
