import type { Migration } from '../sql';
import { casesOf, checksOf, type Case, type Feature } from './case';
import { columnChecks } from './stores-columns';
import { concurrencyChecks, lackOfRowLocks, rowLockChecks } from './stores-concurrency';
import { connectionChecks, lackOfConnections } from './stores-connections';
import { eventChecks } from './stores-events';
import { delayedChecks } from './stores-delayed';
import { ledgerChecks } from './stores-sagas';
import { operatorChecks } from './stores-operators';
import { laneChecks } from './stores-outbox';
import { messagesChecks } from './stores-messages';
import { loadChecks } from './stores-loads';
import { refusedChecks } from './stores-refused';
import { retentionChecks } from './stores-retention';
import { lackOfSharing, sharingChecks } from './stores-sharing';
import { seatChecks } from './stores-instance-locks';
import { transactionChecks } from './stores-transactions';
import { lackOfTrailingSpaces, trailingSpaceChecks, valueChecks } from './stores-values';
import { suiteMigrations } from './things';
import type { StoresUnderTest } from './under-test';

/** What a database can do that not every one can. */
export interface StoresFeatures {
  /** Several processes may use one database: there is `again`. */
  readonly shared: Feature;
  /** Transactions that want different rows go on side by side. */
  readonly rowLocks: Feature;
  /** Connections can be lost: there is `cut`. */
  readonly connections: Feature;
  /** Ids that differ in the spaces at their end are different ids. */
  readonly trailingSpaces: Feature;
}

/** What every `Stores` promises. `open` makes a database in which there is nothing yet, and opens it with these migrations. */
export const storesCases = (
  open: (migrations: readonly Migration[]) => Promise<StoresUnderTest>,
  features: StoresFeatures,
): readonly Case[] =>
  casesOf(
    () => open(suiteMigrations),
    transactionChecks,
    concurrencyChecks,
    valueChecks,
    loadChecks,
    laneChecks,
    delayedChecks,
    refusedChecks,
    retentionChecks,
    seatChecks,
    ledgerChecks,
    messagesChecks,
    operatorChecks,
    columnChecks,
    eventChecks,
    checksOf(features.shared, sharingChecks, lackOfSharing),
    checksOf(features.rowLocks, rowLockChecks, lackOfRowLocks),
    checksOf(features.connections, connectionChecks, lackOfConnections),
    checksOf(features.trailingSpaces, trailingSpaceChecks, lackOfTrailingSpaces),
  );
