import type { Container } from 'inversify';
import { canonical, type SchemaRegistry } from '../codec';
import type { Event } from '../contract';
import { Authentication, behind, Middleware, Routes, type OperatedService, type Route } from '../http';
import { Clock, Ids } from '../ports';
import {
  EventHistory,
  eventHistory,
  keepsAll,
  Log,
  Metrics,
  SagaStore,
  startService,
  UnitOfWorkRunner,
  type Broker,
  type Environment,
  type MessageRouting,
  type RetentionDays,
  type UnitOfWorkDefinition,
  type Service,
} from '../runtime';
import { checkColumns, columnsIn, kitTables, SqlReader, type Stores } from '../sql';
import { all, compose } from './compose';
import { SampleData, type ServiceLiteral } from './service-literal';

/** What a service runs on. */
export interface Wiring {
  readonly instance: string;
  readonly stores: Stores;
  readonly broker: Broker;
  readonly registry: SchemaRegistry;
  readonly environment: Environment;
  /** Register what the service writes with, instead of refusing to start without. */
  readonly registerSchemas: boolean;
  /** Records have the headers of CloudEvents. */
  readonly cloudEvents?: boolean | undefined;
  /** After how long what the service keeps is purged; nothing is if it is not said. */
  readonly horizons?: RetentionDays;
  fatal(error: Error): void;
}

/** A service that runs. */
export interface RunningService extends OperatedService {
  readonly container: Container;
  readonly routes: readonly Route[];
  readonly service: Service;
  /** What it listens to and sends. */
  readonly routing: MessageRouting;
  loadSampleData(): Promise<void>;
  stop(): Promise<void>;
}

/** Puts a service together and starts it. Rejects when it cannot do what it is there for; then nothing of it runs. */
export async function openService(literal: ServiceLiteral, wiring: Wiring): Promise<RunningService> {
  const { stores, environment, registry } = wiring;
  const running: { service?: Service } = {};
  const calls = () => {
    if (!running.service) throw new Error(`the ${literal.name} service has not started yet`);
    return running.service.calls;
  };
  const work = (definition: UnitOfWorkDefinition) => new UnitOfWorkRunner<unknown, Event>(calls, definition);
  const { container, routing, projections, tables } = compose(literal, work, (container) => {
    container.bind(SqlReader).toConstantValue(stores.reader);
    container.bind(SagaStore).toConstantValue(stores.sagaStore);
    container.bind(EventHistory).toConstantValue(eventHistory(stores.events));
    container.bind(Clock).toConstantValue(environment.clock);
    container.bind(Ids).toConstantValue(environment.ids);
    container.bind(Log).toConstantValue(environment.log);
  });
  const routes = routesOf(literal.name, container);
  checkColumns(literal.name, new Set([...kitTables, ...tables]), await columnsIn(stores.reader));
  if (wiring.registerSchemas)
    for (const [subject, schema] of routing.sends())
      await registry.register(subject, JSON.stringify(canonical(schema)));
  const metrics = new Metrics(literal.name);
  const { name, strict = false } = literal;
  const parts = { horizons: keepsAll, ...wiring, ...stores, name, routing, projections, metrics, strict };
  const service = await startService(parts);
  running.service = service;
  try {
    await literal.started?.(container);
  } catch (error) {
    await service.stop().catch(() => {}); // it is why it did not start that has to be told
    throw error;
  }
  return {
    name,
    container,
    metrics,
    service,
    routing,
    routes,
    health: () => service.health(),
    projections: service.projections,
    operators: service.operators,
    overviews: service.overviews,
    messages: (txId) => stores.sagaStore.messages(txId),
    acts: (txId) => stores.sagaStore.acts(txId),
    loadSampleData: async () => {
      for (const sample of all(container, SampleData)) await sample.load();
    },
    stop: async () => {
      try {
        await literal.stopping?.(container);
      } finally {
        await service.stop();
      }
    },
  };
}

function routesOf(service: string, container: Container): Route[] {
  const access = {
    service,
    middleware: all(container, Middleware),
    authentication: container.isBound(Authentication) ? container.get(Authentication) : undefined,
  };
  return all(container, Routes).flatMap((each) => each.routes.map((route) => behind(access, route)));
}
