import type { Context, Next } from 'koa';
import { Authentication, Middleware, problem, route, Routes } from 'saga-kit/http';
import { ContainerModule, service, type ServiceLiteral } from 'saga-kit/service';
import { z } from 'zod';

const Anybody = z.object({ name: z.string(), role: z.string() });
const Clerk = Anybody.extend({ role: z.literal('clerk') });
const name = z.object({ name: z.string() });
const order = z.object({ item: z.string() });
const clerks = {
  method: 'PATCH',
  path: '/bills/:billId',
  summary: 'For clerks',
  params: z.object({ billId: z.string() }),
} as const;

const billRoutes = [
  route(
    { method: 'GET', path: '/bills', summary: 'For all that are known', caller: Anybody, answers: { 200: name } },
    async ({ caller }) => ({ status: 200, body: { name: caller.name } }),
  ),
  route({ ...clerks, body: order, caller: Clerk, answers: { 200: name } }, async ({ caller, body }) => ({
    status: 200,
    body: { name: `${caller.name}, a ${caller.role}, about ${body.item}` },
  })),
  route(
    { method: 'GET', path: '/prices', summary: 'For everybody', open: true, answers: { 200: z.string() } },
    async () => ({ status: 200, body: 'all is free' }),
  ),
];

const callers = new Map([
  ['Bearer a', { name: 'Ann', role: 'clerk' }],
  ['Bearer b', { name: 'Bob', role: 'customer' }],
]);

/** koa's own types: it is what a team has. */
const onlyOnTuesdays = async (context: Context, next: Next): Promise<void> => {
  if (context.get('X-Day') === 'monday')
    context.throw(429, 'come back tomorrow', { headers: { 'Retry-After': '86400' } });
  if (context.method === 'OPTIONS') {
    context.status = 204;
    return context.set('Allow', 'GET, PATCH');
  }
  await next();
  context.set('X-Asked-By', String(context.state['caller']?.name ?? 'nobody'));
};

/** A service that asks who is asking, and whether it is Tuesday. */
export const aGuardedShop = (): ServiceLiteral =>
  service({
    name: 'bills',
    migrations: [],
    bindings: new ContainerModule(({ bind }) => {
      bind(Routes).toConstantValue({ routes: billRoutes });
      bind(Middleware).toConstantValue({ use: onlyOnTuesdays });
      bind(Authentication).toConstantValue({
        scheme: { type: 'http', scheme: 'Bearer' },
        authenticate: async (context) => {
          if (context.get('Authorization') === 'Bearer stolen') return problem(403, 'this token was taken back');
          return callers.get(context.get('Authorization'));
        },
      });
    }),
  });
