import { Clock, Ids } from '../ports';
import { Log, SagaLedger, type Listeners } from '../runtime';
import { Reading } from '../sql';
import { compose } from './compose';
import type { ServiceLiteral } from './service-literal';

/** What a service listens to and sends, from its literal alone. Nothing is opened, and nothing of it can run. */
export function listenersOf(literal: ServiceLiteral): Listeners {
  return compose(literal, cannotRun, (container) => {
    for (const token of [Reading, SagaLedger, Clock, Ids, Log]) container.bind<object>(token).toConstantValue({});
  }).listeners;
}

const cannotRun = () => ({}) as never;
