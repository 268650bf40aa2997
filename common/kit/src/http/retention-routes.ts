import { z } from 'zod';
import { retainedKinds } from '../runtime';
import { actAnswer, actFields, actSchema, ofName, requestOf, type Operated, serviceName } from './operated';
import { route, type Route } from './route';

const time = z.string().nullable();
/** What is answered of what a service keeps. */
export const retentionSchema = z.object({
  kinds: z.array(
    z.object({
      kind: z.enum(retainedKinds),
      table: z.string(),
      setting: z.string(),
      days: z.int().nullable().describe('null: for good'),
      rows: z.int().describe('of sagas, those that have ended'),
      oldest: time,
      purgedBefore: time.describe('what is from then or earlier is old enough'),
      old: z.int().describe('so many are old enough; some may be kept for another reason'),
      purged: z.object({ rows: z.int(), at: time }),
    }),
  ),
  remembersSince: time.describe('what was handled earlier may be forgotten; null: nothing is'),
});

const version = z
  .string()
  .max(1_000)
  .optional()
  .describe('as it was seen, or as the last answer said, which goes on; without it, it is told what would be purged');

/** Shows what these services keep and for how long, and purges what is old enough now. */
export const retentionRoutes = (services: readonly Operated[]): Route[] => [
  route(
    {
      method: 'GET',
      path: '/admin/services/:service/retention',
      summary: 'What is kept, how old it is, for how long it is kept, and what was purged',
      params: z.object({ service: serviceName }),
      answers: { 200: retentionSchema },
    },
    ({ params }) =>
      ofName(services, params.service, async ({ operators: { retention } }) => ({
        status: 200 as const,
        body: retentionSchema.parse(await retention.list()),
      })),
  ),
  route(
    {
      method: 'POST',
      path: '/admin/services/:service/retention/purge',
      summary: 'Purges what is older than its horizon, for some seconds; with a version in the answer there is more',
      params: z.object({ service: serviceName }),
      body: z.strictObject({ ...actFields, version }),
      answers: { 200: actSchema },
      problems: [404, 409],
    },
    ({ params, body }) =>
      ofName(services, params.service, async ({ operators: { retention } }) =>
        actAnswer(await retention.purge(requestOf(body))),
      ),
  ),
];
