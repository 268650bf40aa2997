import { z } from 'zod';
import { ofName, type Operated, pageFields, pageOf, pageSchema, serviceName } from './operated';
import { route, type Route } from './route';

const facts = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));
const act = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  who: z.string(),
  verb: z.string(),
  subject: z.string(),
  txId: z.string().nullable().describe('the process that it was done to'),
  reason: z.string(),
  before: facts,
  after: facts.nullable(),
});

/** Tells what operators have done in these services. */
export const auditRoutes = (services: readonly Operated[]): Route[] => [
  route(
    {
      method: 'GET',
      path: '/admin/services/:service/audit',
      summary: 'What operators have done, the latest first',
      params: z.object({ service: serviceName }),
      query: z.strictObject({
        ...pageFields,
        after: z.string().max(36).optional().describe('the "next" of the page before'),
      }),
      answers: { 200: pageSchema(act) },
    },
    ({ params, query: { limit, after } }) =>
      ofName(services, params.service, async ({ operators: { sagas } }) => {
        const found = await sagas.audit(limit + 1, after);
        const items = found.map((row) => act.parse({ ...row, at: row.at.toISOString() }));
        return { status: 200 as const, body: pageOf(items, limit, ({ id }) => id) };
      }),
  ),
];
