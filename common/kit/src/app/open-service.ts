import { Container, type ServiceIdentifier } from 'inversify';
import { canonical, type SchemaRegistry } from '../codec';
import type { Dispatcher } from '../dispatcher';
import { Routes, type Operated, type Route } from '../http';
import type { Orchestrator } from '../orchestrator';
import { Clock, Ids } from '../ports';
import {
  Listener,
  Listeners,
  Log,
  Metrics,
  SagaLedger,
  startService,
  Transactions,
  Works,
  type Broker,
  type Environment,
  type Service,
  type Tables,
} from '../runtime';
import { Reading, type Stores } from '../sql';
import { CheckedTables } from './checked-tables';
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
  fatal(error: Error): void;
}

/** A service that runs. */
export interface Running extends Operated {
  readonly container: Container;
  readonly routes: readonly Route[];
  readonly service: Service;
  loadSampleData(): Promise<void>;
  stop(): Promise<void>;
}

/** Puts a service together and starts it. Rejects when it cannot do what it is there for; then nothing of it runs. */
export async function openService(literal: ServiceLiteral, wiring: Wiring): Promise<Running> {
  const { stores, environment, registry } = wiring;
  const running: { service?: Service } = {};
  const calls = () => {
    if (!running.service) throw new Error(`the ${literal.name} service has not started yet`);
    return running.service.calls;
  };
  const container = new Container({ defaultScope: 'Singleton' });
  const checked = new CheckedTables(literal.name);
  container.bind(Works).toConstantValue({
    of: (_token, tables) => new Transactions(calls, checked.add(tables as Tables)),
  });
  container.bind(Reading).toConstantValue(stores.reading);
  container.bind(SagaLedger).toConstantValue(stores.ledger);
  container.bind(Clock).toConstantValue(environment.clock);
  container.bind(Ids).toConstantValue(environment.ids);
  container.bind(Log).toConstantValue(environment.log);
  container.load(literal.bindings);

  const listeners = new Listeners(all(container, Listener) as (Dispatcher | Orchestrator)[], ({ work }) =>
    tablesOf(container.get(work)),
  );
  const routes = all(container, Routes).flatMap((each) => each.routes);
  await checked.look(stores.reading);
  if (wiring.registerSchemas)
    for (const [subject, schema] of listeners.sends())
      await registry.register(subject, JSON.stringify(canonical(schema)));
  const metrics = new Metrics(literal.name);
  const { name, strict = false } = literal;
  const service = await startService({ ...wiring, ...stores, name, listeners, metrics, strict });
  running.service = service;
  return {
    name,
    container,
    metrics,
    service,
    routes,
    health: () => service.health(),
    loadSampleData: async () => {
      for (const sample of all(container, SampleData)) await sample.load();
    },
    stop: () => service.stop(),
  };
}

const all = <T>(container: Container, token: ServiceIdentifier<T>): T[] =>
  container.isBound(token) ? container.getAll<T>(token) : [];

function tablesOf(work: unknown): Tables {
  if (work instanceof Transactions) return work.tables;
  throw new Error(
    "a listener's unit of work has to be bound with Works: bind(MyWork).toResolvedValue((works) => works.of(MyWork, …), [Works])",
  );
}
