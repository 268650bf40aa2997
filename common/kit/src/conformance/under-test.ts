import type { Broker } from '../runtime';
import type { Migration, Stores } from '../sql';

/** A broker and what a test needs besides. */
export interface BrokerUnderTest {
  readonly broker: Broker;
  /** Makes a topic that nobody has used and resolves with its name. */
  readonly topic: () => Promise<string>;
  /** How many each topic has. */
  readonly partitions: number;
  /**
   * A broker on the same log after everything that was in between is gone without a farewell, as after a `kill -9`. Groups
   * have no members. The former broker is not used any more.
   */
  readonly restart?: () => Promise<Broker>;
  /** One more client of the same log, as another process has one. */
  readonly another?: () => Promise<Broker>;
  /** Lets go of everything that was opened. */
  close(): Promise<void>;
}

/** A database and what a test needs besides. */
export interface StoresUnderTest {
  readonly stores: Stores;
  /** Opens the same database once more, as another process does; perhaps one of a program with other migrations. */
  readonly again?: (migrations: readonly Migration[]) => Promise<Stores>;
  /** Cuts every connection there is, as a network does; new ones are taken. */
  readonly cut?: () => Promise<void>;
  /** Lets go of everything that was opened, and of the database. */
  close(): Promise<void>;
}
