import { z } from 'zod';
import { parkedVerbs } from '../runtime';
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

const reason = z.string().describe('unprocessable, forgotten, exhausted, behind, paused, or why it cannot be read');
const view = z.object({
  id: z.string(),
  reason,
  waitsFor: z.string().nullable().describe('the paused saga that it waits for'),
  error: z.string(),
  topic: z.string(),
  recordPartition: z.int(),
  recordOffset: z.string(),
  key: z.string().nullable(),
  orderingKey: z.string().nullable(),
  attempts: z.int(),
  times: z.int(),
  overtaken: z.boolean(),
  at: z.string(),
  lastAt: z.string(),
  version: z.string(),
  why: z.string(),
});
const details = view.extend({
  message: z.unknown().describe('if it can be decoded; what is sensitive is masked'),
  bytes: z.int().describe('how many it has'),
  base64: z.string().nullable().describe('those bytes, if they were asked for; nothing is masked'),
});
const service = serviceName;
const one = z.object({ service, id: plainText(500) });
const query = z.strictObject({
  reason: z.string().optional(),
  topic: z.string().optional(),
  orderingKey: z.string().optional(),
  ...pageFields,
});

/** Sees what these services have parked, and has it handled again or given up. */
export const parkedRoutes = (services: readonly Operated[]): Route[] => [
  route(
    {
      method: 'GET',
      path: '/admin/services/:service/parked',
      summary: 'Parked messages (dead letters), and what each blocks',
      params: z.object({ service }),
      query,
      answers: { 200: pageSchema(view) },
    },
    ({ params, query: { limit, ...named } }) =>
      ofName(services, params.service, async ({ operators: { parked } }) => {
        const found = (await parked.list(named, limit + 1)).map((each) => view.parse(each));
        return { status: 200 as const, body: pageOf(found, limit, ({ id }) => id) };
      }),
  ),
  route(
    {
      method: 'GET',
      path: '/admin/services/:service/parked/:id',
      summary: 'One parked message with its content, decoded if it can be',
      params: one,
      query: z.strictObject({ bytes: z.enum(['true', 'false']).default('false') }),
      answers: { 200: details },
    },
    ({ params: { service, id }, query: { bytes } }) =>
      ofName(services, service, async ({ operators: { parked } }) => {
        const found = await parked.show(id, bytes === 'true');
        return found
          ? { status: 200 as const, body: details.parse(found) }
          : problem(404, `there is no parked message ${id}`);
      }),
  ),
  route(
    {
      method: 'POST',
      path: '/admin/services/:service/parked/:id/:verb',
      summary: 'Replays or drops it; without a version it only says what that would do',
      params: one.extend({ verb: z.enum(parkedVerbs) }),
      body: z.strictObject(actFields),
      answers: { 200: actSchema },
      problems: [404, 409],
    },
    ({ params: { service, id, verb }, body }) =>
      ofName(services, service, async ({ operators: { parked } }) =>
        actAnswer(await parked.act(verb, id, requestOf(body))),
      ),
  ),
];
