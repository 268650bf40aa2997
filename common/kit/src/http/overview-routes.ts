import { z } from 'zod';
import type { Overviews } from '../runtime';
import { EventStream } from './event-stream';
import { LiveFeed } from './live-feed';
import { ofName, serviceName } from './operated';
import { problem } from './problem';
import { route, type Route } from './route';

/** Who may watch a service at the same time: an operator or two, and a screen on the wall. */
const listenersMax = 20;

const count = z.int().min(0);
const saga = z.object({
  name: z.string(),
  steps: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['compensatable', 'pivot', 'retriable']),
      undo: z.string().nullable().describe('the command that takes it back'),
      timeoutMs: z.int().describe('until it is given up and compensated, or asked again'),
    }),
  ),
  cancellations: z.array(z.string()),
  standing: z
    .array(z.object({ status: z.enum(['running', 'compensating']), step: z.string(), count }))
    .describe('how many open instances there are at each step'),
  recent: z
    .object({
      windowSeconds: z.int(),
      begun: count,
      completed: count,
      rejected: z.record(z.string(), count).describe('by code'),
      p50Ms: z.number().nullable(),
      p99Ms: z.number().nullable(),
    })
    .describe('what this instance of the service has done of late'),
});
const overviewSchema = z.object({
  service: z.string(),
  at: z.iso.datetime(),
  ready: z.boolean(),
  reasons: z.array(z.string()),
  parked: count,
  needsOperator: count,
  refused: count,
  sagas: z.array(saga),
});
const messages = z.array(z.object({ message: z.string(), topic: z.string() }));
const contractsSchema = z.object({ service: z.string(), sends: messages, listens: messages });
const liveSchema = z
  .custom<EventStream>((value) => value instanceof EventStream)
  .meta({ type: 'string', description: 'the data of each event is an overview; the comments mean nothing' });

/** A service that tells how it is. */
export interface Overviewed {
  readonly name: string;
  readonly overviews: Pick<Overviews, 'look' | 'contracts' | 'clock'>;
}

const params = z.object({ service: serviceName });

/** Tells how these services are, at a glance: once, or whenever it has changed. */
export const overviewRoutes = (services: readonly Overviewed[]): Route[] => [
  route(
    {
      method: 'GET',
      path: '/admin/services/:service/overview',
      summary: 'How a service is, where the open instances of its sagas stand, and what has become of them of late',
      params,
      answers: { 200: overviewSchema },
    },
    ({ params: { service } }) =>
      ofName(services, service, async ({ overviews }) => ({
        status: 200 as const,
        body: overviewSchema.parse(await overviews.look()),
      })),
  ),
  liveRoute(services),
  route(
    {
      method: 'GET',
      path: '/admin/services/:service/contracts',
      summary: 'Which messages a service sends and listens to, and on which topics',
      params,
      answers: { 200: contractsSchema },
    },
    ({ params: { service } }) =>
      ofName(services, service, async ({ overviews }) => ({
        status: 200 as const,
        body: contractsSchema.parse(overviews.contracts()),
      })),
  ),
];

function liveRoute(services: readonly Overviewed[]): Route {
  const watched = services.map((service) => ({ name: service.name, feed: feedOf(service) }));
  return route(
    {
      method: 'GET',
      path: '/admin/services/:service/live',
      summary: 'The overview of a service whenever it has changed, four times a second at most, as server-sent events',
      mediaType: EventStream.mediaType,
      params,
      answers: { 200: liveSchema },
    },
    ({ params: { service } }) =>
      ofName(watched, service, async ({ feed }) => {
        const body = feed.listen();
        if (!body) return problem(503, `${listenersMax} watch it already`, { headers: { 'Retry-After': '10' } });
        return { status: 200 as const, headers: { 'Content-Type': EventStream.mediaType, ...passedOnAtOnce }, body };
      }),
  );
}

/** Who stands between is neither to keep what is sent, nor to wait for more of it. */
const passedOnAtOnce = { 'Cache-Control': 'no-store, no-transform', 'X-Accel-Buffering': 'no' };

const feedOf = ({ overviews }: Overviewed): LiveFeed =>
  new LiveFeed(
    async () => {
      const overview = await overviews.look();
      return { json: JSON.stringify(overview), facts: JSON.stringify({ ...overview, at: '' }) };
    },
    overviews.clock,
    listenersMax,
  );
