import { z } from 'zod';
import { sagaVerbs } from '../runtime';
import { plainText } from './fields';
import {
  actAnswer,
  actFields,
  actSchema,
  ofName,
  pageFields,
  pageOf,
  pageSchema,
  requestOf,
  type Operated,
  serviceName,
} from './operated';
import { problem } from './problem';
import { route, type Route } from './route';

const view = z.object({
  saga: z.string(),
  txId: z.string(),
  status: z.enum(['running', 'compensating', 'completed', 'rejected']),
  step: z.string(),
  code: z.string().nullable(),
  message: z.string().nullable(),
  attempts: z.int(),
  needsOperator: z.boolean(),
  paused: z.boolean(),
  startedAt: z.string(),
  updatedAt: z.string(),
  dueAt: z.string().nullable(),
  version: z.string(),
  why: z.string(),
});
const line = z.object({
  at: z.string(),
  direction: z.enum(['sent', 'received']),
  type: z.string(),
  topic: z.string(),
  messageId: z.string(),
  causationId: z.string().describe('the message that has led to it'),
  code: z.string().nullable(),
  awaited: z.boolean(),
  times: z.int(),
});
const act = z.object({ at: z.string(), who: z.string(), verb: z.string(), reason: z.string() });
const steps = z.array(z.string());
const details = view.extend({
  ...{ done: steps, remaining: steps, owed: steps },
  state: z.unknown().describe('what it knows by now; what is sensitive is masked'),
  commands: z
    .array(z.object({ messageId: z.string(), type: z.string(), message: z.unknown() }))
    .describe('what the commands say that it has sent, from what it knows by now; what is sensitive is masked'),
  history: z.array(line),
  acts: z.array(act),
});
const service = serviceName;
const one = z.object({ service, saga: plainText(60), txId: plainText(64) });

const query = z.strictObject({
  saga: z.string().optional(),
  status: view.shape.status.optional(),
  step: z.string().optional(),
  needsOperator: z.enum(['true', 'false']).optional(),
  paused: z.enum(['true', 'false']).optional(),
  ...pageFields,
});
const body = z.strictObject({
  ...actFields,
  code: z.string().max(60).optional().describe('cancel: one of the cancellations that the saga names'),
  reply: z.unknown().optional().describe('skip: what the step would have been answered with'),
});

/** What is answered of definitions, by the names of the sagas. */
export const definitionsSchema = z.object({
  sagas: z.record(
    z.string(),
    z.object({
      known: z.array(
        z.object({ id: z.string(), saga: z.string(), steps: z.array(z.string()), stateSchema: z.unknown() }),
      ),
      open: z.array(z.object({ version: z.string(), step: z.string(), count: z.int() })),
    }),
  ),
});

/** Sees and moves the sagas of these services. */
export const sagaRoutes = (services: readonly Operated[]): Route[] => [
  definitionsRoute(services),
  route(
    {
      method: 'GET',
      path: '/admin/services/:service/sagas',
      summary: 'Sagas, and why each waits',
      params: z.object({ service }),
      query,
      answers: { 200: pageSchema(view) },
    },
    ({ params, query: { limit, needsOperator, paused, ...named } }) =>
      ofName(services, params.service, async ({ operators: { sagas } }) => {
        const said = (flag: 'true' | 'false' | undefined) => (flag === undefined ? undefined : flag === 'true');
        const flags = { needsOperator: said(needsOperator), paused: said(paused) };
        const found = await sagas.list({ ...named, ...flags }, limit + 1);
        return { status: 200 as const, body: pageOf(found, limit, ({ saga, txId }) => `${saga}/${txId}`) };
      }),
  ),
  route(
    {
      method: 'GET',
      path: '/admin/services/:service/sagas/:saga/:txId',
      summary: 'One saga: what is done, what remains, what is owed, and every message of it',
      params: one,
      answers: { 200: details },
    },
    ({ params: { service, saga, txId } }) =>
      ofName(services, service, async ({ operators: { sagas } }) => {
        const found = await sagas.show(saga, txId);
        if (!found) return problem(404, `there is no saga ${saga}/${txId}`);
        const history = found.history.map((row) => ({ ...row, at: row.at.toISOString() }));
        const acts = found.acts.map((row) => ({ ...row, at: row.at.toISOString() }));
        return { status: 200 as const, body: details.parse({ ...found, history, acts }) };
      }),
  ),
  route(
    {
      method: 'POST',
      path: '/admin/services/:service/sagas/:saga/:txId/:verb',
      summary:
        'Retries it, skips its step, compensates, cancels, pauses, resumes or abandons it; without a version it only says what that would do',
      params: one.extend({ verb: z.enum(sagaVerbs) }),
      body,
      answers: { 200: actSchema },
      problems: [404, 409],
    },
    ({ params: { service, saga, txId, verb }, body }) =>
      ofName(services, service, async ({ operators: { sagas } }) => {
        const { code, reply } = body;
        return actAnswer(await sagas.act(verb, saga, txId, requestOf(body), { code, reply }));
      }),
  ),
];

const definitionsRoute = (services: readonly Operated[]): Route =>
  route(
    {
      method: 'GET',
      path: '/admin/services/:service/definitions',
      summary: 'Where the open instances of each saga stand, and with which definitions they were written',
      params: z.object({ service }),
      answers: { 200: definitionsSchema },
    },
    ({ params }) =>
      ofName(services, params.service, async ({ operators: { sagas } }) => ({
        status: 200 as const,
        body: definitionsSchema.parse({ sagas: await sagas.definitions() }),
      })),
  );
