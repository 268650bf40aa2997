import type { SchemaRegistry } from '../codec';
import type { Clock } from '../ports';
import type { Broker, Headers, Log, RetentionDays } from '../runtime';
import type { Migration, Stores } from '../sql';

/** For tests of what happens when an edge fails. */
export interface WorldOptions {
  /** Stands between the services and the broker. */
  readonly broker?: (broker: Broker) => Broker;
  /** Stands between the services and the schema registry. */
  readonly registry?: (registry: SchemaRegistry) => SchemaRegistry;
  /** A service's own clock. Its database's is that of the world. */
  readonly clock?: (clock: Clock, service: string) => Clock;
  /** Stands between a service and its database. */
  readonly stores?: (stores: Stores, service: string) => Stores;
  /** Opens a service's database; one in memory if nothing is said. */
  readonly open?: (service: string, migrations: readonly Migration[]) => Promise<Stores>;
  readonly log?: Log;
  /** Records have the headers of CloudEvents. */
  readonly cloudEvents?: boolean;
  /** After how many days what the services keep is purged; nothing is if it is not said. */
  readonly retention?: RetentionDays;
}

/** The process that a message is to belong to. */
export interface SendOptions {
  readonly target: string;
  readonly txId: string;
  readonly id?: string;
  readonly causationId?: string;
  /** Of the record, as a trace has them. */
  readonly headers?: Headers;
}
