import { z } from 'zod';
import { topicVerbs } from '../runtime';
import { plainText } from './fields';
import { actAnswer, actFields, actSchema, ofName, requestOf, type Operated, serviceName } from './operated';
import { route, type Route } from './route';

/** What a service reads, sends and waits for. */
export const consumerSchema = z.object({
  service: z.string(),
  outbox: z
    .object({ waiting: z.int(), oldestSeconds: z.number() })
    .describe('what the instance that answers has committed, and the broker does not have yet'),
  timers: z.object({ due: z.int(), nextAt: z.string().nullable() }).describe('waits of sagas, and delayed events'),
  topics: z.array(
    z.object({
      topic: z.string(),
      paused: z.boolean(),
      partitions: z.array(
        z.object({
          partition: z.int(),
          lag: z.int().nullable().describe('records that no instance has done; null while the broker does not answer'),
          heldBack: z.string().nullable().describe('why, as far as the instance that answers knows'),
        }),
      ),
    }),
  ),
});
const service = serviceName;

/** Tells what these services read, send and wait for; pauses and resumes a topic. */
export const consumerRoutes = (services: readonly Operated[]): Route[] => [
  route(
    {
      method: 'GET',
      path: '/admin/services/:service/consumer',
      summary: 'What is not done of each topic, and why; what waits to be sent, and for its time',
      params: z.object({ service }),
      answers: { 200: consumerSchema },
    },
    ({ params: { service } }) =>
      ofName(services, service, async ({ operators: { consumer } }) => ({
        status: 200 as const,
        body: consumerSchema.parse({ service, ...(await consumer.show()) }),
      })),
  ),
  route(
    {
      method: 'POST',
      path: '/admin/services/:service/consumer/topics/:topic/:verb',
      summary: 'Pauses a topic for all instances, or resumes it; without a version it only says what that would do',
      params: z.object({ service, topic: plainText(249), verb: z.enum(topicVerbs) }),
      body: z.strictObject(actFields),
      answers: { 200: actSchema },
      problems: [404, 409],
    },
    ({ params: { service, topic, verb }, body }) =>
      ofName(services, service, async ({ operators: { consumer } }) =>
        actAnswer(await consumer.act(verb, topic, requestOf(body))),
      ),
  ),
];
