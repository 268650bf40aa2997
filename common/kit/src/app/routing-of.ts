import { Clock, Ids } from '../ports';
import { EventHistory, Log, SagaStore, type MessageRouting } from '../runtime';
import { SqlReader } from '../sql';
import { compose } from './compose';
import type { ServiceLiteral } from './service-literal';

/** What a service listens to and sends, from its literal alone. Nothing is opened, and nothing of it can run. */
export function routingOf(literal: ServiceLiteral): MessageRouting {
  return compose(literal, cannotRun, (container) => {
    for (const token of [SqlReader, SagaStore, EventHistory, Clock, Ids, Log])
      container.bind<object>(token).toConstantValue({});
  }).routing;
}

const cannotRun = () => ({}) as never;
