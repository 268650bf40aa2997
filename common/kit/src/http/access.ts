import type { IncomingMessage } from 'node:http';

/** A request and its answer, as koa has them: what of a koa context is named here. */
export interface HttpContext {
  readonly method: string;
  readonly path: string;
  readonly req: IncomingMessage;
  /** For what one middleware leaves to the next ones, as in koa. `state.caller` is who is asking, once that is known. */
  readonly state: Record<string, any>;
  status: number;
  body: unknown;
  /** A header of the request, `''` if there is none. */
  get(name: string): string;
  /** A header of the answer. */
  set(name: string, value: string): void;
}

/**
 * A koa middleware of a service's own, around whatever is asked of the paths of its routes, and of nothing else: neither
 * `/health`, `/metrics` and `/openapi.json` nor another service on the same port. Bind one for each; what is bound first is
 * outermost. It may answer itself, and may throw as with `context.throw(429)`, which is answered as a problem document. A
 * body is for the route to read.
 *
 * @example
 * ```ts
 * import { Middleware } from 'saga-kit/http';
 * import { ContainerModule } from 'saga-kit/service';
 *
 * export const bindings = new ContainerModule(({ bind }) => {
 *   bind(Middleware).toConstantValue({
 *     use: async (context, next) => {
 *       await next();
 *       context.set('Cache-Control', 'no-store');
 *     },
 *   });
 * });
 * ```
 */
export abstract class Middleware {
  abstract use(context: HttpContext, next: () => Promise<any>): unknown;
}

/**
 * Says who is asking, before anything of a request but its head is looked at: bind one, and each route of the service that
 * is not `open` is asked of it, within the middleware. It resolves with the caller; with `undefined` when nobody has said who
 * he is, which is answered 401; or with the `problem` that is to be answered. A route says in `caller` who may ask: its
 * handler gets a caller of that type, and any other is answered 403.
 *
 * @example
 * ```ts
 * import { Authentication, route } from 'saga-kit/http';
 * import { ContainerModule } from 'saga-kit/service';
 * import { z } from 'zod';
 *
 * const callers = new Map([['Bearer t0ken', { name: 'Ada', role: 'clerk' }]]);
 * export const bindings = new ContainerModule(({ bind }) => {
 *   bind(Authentication).toConstantValue({
 *     scheme: { type: 'http', scheme: 'bearer' },
 *     authenticate: async (context) => callers.get(context.get('Authorization')),
 *   });
 * });
 *
 * const Clerk = z.object({ name: z.string(), role: z.literal('clerk') });
 * const answers = { 200: z.object({ name: z.string() }) };
 * export const whoAmI = route(
 *   { method: 'GET', path: '/me', summary: 'Who is asking', caller: Clerk, answers },
 *   async ({ caller: { name } }) => ({ status: 200, body: { name } }),
 * );
 * ```
 */
export abstract class Authentication {
  /** As OpenAPI has it; a 401 challenges to it. */
  abstract readonly scheme: SecurityScheme;
  abstract authenticate(context: HttpContext): Promise<unknown>;
}

/** How a caller proves who he is. Source: OpenAPI 3.1, "Security Scheme Object". */
export type SecurityScheme = { readonly description?: string } & (
  | { readonly type: 'http'; readonly scheme: string; readonly bearerFormat?: string }
  | { readonly type: 'apiKey'; readonly in: 'header' | 'cookie'; readonly name: string }
  | { readonly type: 'openIdConnect'; readonly openIdConnectUrl: string }
);

/** What stands before the routes of a service. */
export interface Access {
  readonly service: string;
  readonly middleware: readonly Middleware[];
  readonly authentication: Authentication | undefined;
}
