import type { Consumer } from '../consumer/consumer';
import type { UnitOfWorkRuntime } from '../handling/units-of-work';
import type { RetentionDays, RetentionStore } from '../ports/retention-store';
import type { SagaStore } from '../ports/store';
import type { Purger } from '../retention/purger';
import type { Orchestration } from '../saga/orchestrate';
import { ConsumerOperator, type ConsumerFacts } from './consumer-operator';
import { ParkedOperator } from './parked-operator';
import { RetentionOperator } from './retention-operator';
import { SagaOperator } from './saga-operator';

/** Who sees and moves what is stuck, and purges what is old. */
export interface ServiceOperators {
  readonly sagas: SagaOperator;
  readonly parked: ParkedOperator;
  readonly consumer: ConsumerOperator;
  readonly retention: RetentionOperator;
}

/** What they look at, and for how many days it is kept. */
export interface Kept {
  readonly sagaStore: SagaStore;
  readonly retention: RetentionStore;
  readonly horizons: RetentionDays;
}

/** Those of a service. */
export const operatorsOf = (
  calls: UnitOfWorkRuntime,
  { sagaStore, retention, horizons }: Kept,
  on: {
    readonly sagas: Orchestration;
    readonly consumer: Consumer;
    readonly purger: Purger;
    readonly facts: ConsumerFacts;
  },
): ServiceOperators => ({
  sagas: new SagaOperator(calls, on.sagas, sagaStore),
  parked: new ParkedOperator(calls, on.consumer, sagaStore),
  consumer: new ConsumerOperator(calls, on.facts),
  retention: new RetentionOperator(calls, retention, horizons, on.purger),
});
