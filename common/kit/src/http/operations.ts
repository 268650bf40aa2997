import { AggregatorRegistry } from 'prom-client';
import { z } from 'zod';
import { Metrics, type AuditRow, type Health, type MessageOfProcess } from '../runtime';
import { frontPage } from './front-page';
import { openApi } from './openapi';
import { projectionRoutes, type ProjectionsAdmin } from './projection-routes';
import { auditRoutes } from './audit-routes';
import { consumerRoutes } from './consumer-routes';
import { overviewRoutes, type Overviewed } from './overview-routes';
import { parkedRoutes } from './parked-routes';
import { retentionRoutes } from './retention-routes';
import { route, type Route } from './route';
import { sagaRoutes } from './saga-routes';
import type { Operators } from './operated';
import { forOperators } from './admin';
import { storyOf, storyRoute } from './story';

/** A service as its operator sees it. */
export interface OperatedService extends Overviewed {
  health(): Health;
  readonly metrics: Metrics;
  readonly projections: ProjectionsAdmin;
  readonly operators: Operators;
  /** Every message with this `txId` that it has sent or received. */
  messages(txId: string): Promise<readonly MessageOfProcess[]>;
  /** What operators have done to this process. */
  acts(txId: string): Promise<readonly AuditRow[]>;
}

const healthSchema = z.object({
  status: z.enum(['up', 'down']),
  services: z.record(z.string(), z.object({ ready: z.boolean(), reasons: z.array(z.string()) })),
  guarantees: z.looseObject({}),
});

/** Health, metrics, stories, the description of all routes including these, and a page about them. */
export function operations(
  { title, story }: { readonly title: string; readonly story: string },
  services: readonly OperatedService[],
  routes: readonly Route[],
  guarantees: Readonly<Record<string, unknown>>,
  adminToken: string | undefined,
): Route[] {
  const health = async () => new Map(services.map((service) => [service.name, service.health()]));
  const tell = async (txId: string) => {
    const told = services.map(async (each) => {
      const [messages, acts] = await Promise.all([each.messages(txId), each.acts(txId)]);
      return { service: each.name, messages, acts };
    });
    return storyOf(txId, await Promise.all(told));
  };
  const all: Route[] = [
    ...routes,
    storyRoute(story, tell),
    live,
    readiness(health, guarantees),
    metricsRoute(services),
    ...forOperators(
      [
        overviewRoutes,
        projectionRoutes,
        sagaRoutes,
        parkedRoutes,
        consumerRoutes,
        retentionRoutes,
        auditRoutes,
      ].flatMap((routesOf) => routesOf(services)),
      adminToken,
    ),
    documentRoute('/openapi.json', 'This description', () => openApi(title, all)),
    frontPage(title, () => all),
  ];
  return all;
}

/** A JSON document that does not change: it is made when it is first asked for, and kept as the bytes that are sent. */
export function documentRoute(path: string, summary: string, make: () => object): Route {
  const headers = { 'Content-Type': 'application/json; charset=utf-8' };
  let bytes: Uint8Array | undefined;
  return {
    method: 'GET',
    path,
    summary,
    query: z.strictObject({}),
    answers: { 200: z.looseObject({}) },
    handle: async () => ({ status: 200, headers, body: (bytes ??= Buffer.from(JSON.stringify(make()))) }),
  };
}

/** Whoever is answered at all is answered this. */
export const live = route(
  {
    method: 'GET',
    path: '/health/live',
    summary: 'Whether the process answers',
    answers: { 200: z.object({ status: z.literal('up') }) },
  },
  async () => ({ status: 200, body: { status: 'up' as const } }),
);

/** How services are, by name: ready when all of them are. */
export const readiness = (
  health: () => Promise<ReadonlyMap<string, Health>>,
  guarantees: Readonly<Record<string, unknown>>,
): Route =>
  route(
    {
      method: 'GET',
      path: '/health/ready',
      summary: 'Whether each service does what it is there for, if not why, and what this wiring guarantees',
      answers: { 200: healthSchema, 503: healthSchema },
    },
    async () => {
      const services: Record<string, { ready: boolean; reasons: string[] }> = {};
      for (const [name, { ready, reasons }] of await health()) services[name] = { ready, reasons: [...reasons] };
      const up = Object.values(services).every(({ ready }) => ready);
      const body = { status: up ? ('up' as const) : ('down' as const), services, guarantees };
      return up ? { status: 200, body } : { status: 503, body };
    },
  );

const metricsRoute = (services: readonly OperatedService[]): Route =>
  route(
    {
      method: 'GET',
      path: '/metrics',
      summary: 'Counters, gauges and histograms for Prometheus',
      answers: { 200: z.string() },
    },
    async () => {
      for (const service of services) service.metrics.ready(service.health().ready);
      const each = await Promise.all(services.map(({ metrics }) => metrics.registry.getMetricsAsJSON()));
      const body = await AggregatorRegistry.aggregate(each).metrics(); // one HELP for all; each has its service as a label
      return { status: 200, headers: { 'Content-Type': Metrics.contentType }, body };
    },
  );
