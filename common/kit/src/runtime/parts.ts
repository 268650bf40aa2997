import type { SchemaRegistry } from '../codec';
import type { Broker } from './ports/broker';
import type { BoundProjection } from './projection/projector';
import type { EventStore } from './ports/event-store';
import type { Environment } from './ports/environment';
import type { MessageRouting } from './consumer/message-routing';
import type { Metrics } from './metrics';
import type { RetentionDays, RetentionStore } from './ports/retention-store';
import type { Database, DatabaseClock, OutboxStore, RefusedRecordStore, SagaStore, InstanceLocks } from './ports/store';

/** Everything that a service is made of. */
export interface Parts {
  /** Also the name of its consumer group. */
  readonly name: string;
  readonly instance: string;
  readonly environment: Environment;
  readonly routing: MessageRouting;
  readonly broker: Broker;
  readonly registry: SchemaRegistry;
  readonly database: Database;
  readonly outbox: OutboxStore;
  readonly instanceLocks: InstanceLocks;
  readonly refused: RefusedRecordStore;
  readonly sagaStore: SagaStore;
  readonly events: EventStore;
  readonly retention: RetentionStore;
  /** After how long what is kept is purged. */
  readonly horizons: RetentionDays;
  readonly projections: readonly BoundProjection[];
  readonly clock: DatabaseClock;
  readonly metrics: Metrics;
  /** Park a message of a type that the service does not list, instead of passing it over. */
  readonly strict: boolean;
  /** Say in headers what is in the envelope, as CloudEvents do. */
  readonly cloudEvents?: boolean | undefined;
  /** The service cannot go on; the process should end. */
  fatal(error: Error): void;
}
