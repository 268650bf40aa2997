import { Container } from 'inversify';
import type { Dispatcher } from '../dispatcher';
import type { Orchestrator } from '../orchestrator';
import { Clock, Ids } from '../ports';
import { Listener, Listeners, Log, SagaLedger, Works } from '../runtime';
import { Reading } from '../sql';
import type { ServiceLiteral } from './service-literal';

/** What a service listens to and sends, from its literal alone. Nothing is opened, and nothing of it can run. */
export function listenersOf(literal: ServiceLiteral): Listeners {
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(Works).toConstantValue({ of: () => nothing });
  for (const token of [Reading, SagaLedger, Clock, Ids, Log]) container.bind<object>(token).toConstantValue(nothing);
  container.load(literal.bindings);
  const listeners = container.isBound(Listener) ? container.getAll(Listener) : [];
  return new Listeners(listeners as (Dispatcher | Orchestrator)[], () => ({}));
}

const nothing = {} as never;
