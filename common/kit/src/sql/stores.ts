import type {
  Database,
  DatabaseClock,
  EventStore,
  InstanceLocks,
  OutboxStore,
  RefusedRecordStore,
  RetentionStore,
  SagaStore,
} from '../runtime';
import type { SqlReader } from './sql-reader';

/** Everything that a service keeps in its database. */
export interface Stores {
  readonly database: Database;
  readonly outbox: OutboxStore;
  readonly refused: RefusedRecordStore;
  readonly sagaStore: SagaStore;
  readonly events: EventStore;
  readonly retention: RetentionStore;
  readonly clock: DatabaseClock;
  readonly instanceLocks: InstanceLocks;
  readonly reader: SqlReader;
}
