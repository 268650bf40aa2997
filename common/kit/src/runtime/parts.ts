import type { SchemaRegistry } from '../codec';
import type { Broker } from './broker';
import type { Environment } from './environment';
import type { Listeners } from './listeners';
import type { Metrics } from './metrics';
import type { Database, Lanes, RefusedRecords, SagaLedger, Seats } from './store';

/** Everything that a service is made of. */
export interface Parts {
  /** Also the name of its consumer group. */
  readonly name: string;
  readonly instance: string;
  readonly environment: Environment;
  readonly listeners: Listeners;
  readonly broker: Broker;
  readonly registry: SchemaRegistry;
  readonly database: Database;
  readonly lanes: Lanes;
  readonly seats: Seats;
  readonly refused: RefusedRecords;
  readonly ledger: SagaLedger;
  readonly metrics: Metrics;
  /** Park a message of a type that the service does not list, instead of passing it over. */
  readonly strict: boolean;
  /** The service cannot go on; the process should end. */
  fatal(error: Error): void;
}
