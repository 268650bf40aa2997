import { setTimeout } from 'node:timers/promises';
import type BetterSqlite3 from 'better-sqlite3';
import knex, { type Knex } from 'knex';
import type { Entries, InstanceLocks, Session } from '../../runtime';
import type { SqlAccess } from '../sql-reader';
import { FileInstanceLocks, MemoryInstanceLocks } from './file-instance-locks';
import { kitMigrations } from '../kit-migrations';
import { KnexEventStore } from '../knex-event-store';
import { KnexOutboxStore } from '../knex-outbox-store';
import { KnexSagaStore } from '../knex-saga-store';
import { KnexRefusedRecordStore } from '../knex-refused-record-store';
import { KnexRetentionStore } from '../knex-retention-store';
import { migrate, type Migration } from '../migrations';
import { Mutex } from './mutex';
import { prepareOnce } from './prepared-once';
import { faulty, faultyLater, whileBusy } from './sqlite-fault';
import { loadRows, SqliteSession, Statements } from './sqlite-session';
import type { Stores } from '../stores';

export interface SqliteOptions {
  /** Where the database is, or `:memory:` for one that ends with its process. */
  readonly file: string;
  readonly migrations: readonly Migration[];
}

const migratingMs = 60_000;
const pollMs = 100;
/** What a database in memory is after these migrations: whoever opens many begins with that. */
const images = new WeakMap<readonly Migration[], Buffer>();

/**
 * Opens a service's database in a file: one connection that writes, in turns, and one that only looks. A commit is on the
 * disk before it is answered. Several processes may use one file; they write one at a time. Rejects, with nothing left
 * open, for a database that a newer program has migrated.
 */
export async function openSqlite({ file, migrations }: SqliteOptions): Promise<Stores> {
  const inMemory = file === ':memory:';
  const image = inMemory ? images.get(migrations) : undefined;
  const instanceLocks = inMemory ? new MemoryInstanceLocks() : new FileInstanceLocks(file);
  const writer = connect(image ?? file, false);
  const reader = inMemory ? writer : connect(file, true);
  const close = async () => {
    await reader.destroy();
    await writer.destroy();
  };
  try {
    await alone(instanceLocks, () => migrate(writer, [...kitMigrations, ...migrations]));
    if (inMemory && !image) images.set(migrations, (await connectionOf(writer)).serialize());
    return { ...(await storesOn(writer, reader, close)), instanceLocks };
  } catch (error) {
    await close();
    throw error;
  }
}

async function storesOn(
  writer: Knex,
  reader: Knex,
  close: () => Promise<void>,
): Promise<Omit<Stores, 'instanceLocks'>> {
  const turns = new Mutex();
  const access: SqlAccess = {
    // Also in memory, where there is but one connection: a transaction is written and ended without a pause in between.
    look: (query) => faultyLater(whileBusy(() => query(reader))),
    write: (query) => faultyLater(whileBusy(() => turns.run(() => query(writer)))),
  };
  const outbox = new KnexOutboxStore(access);
  const statements = new Statements(await connectionOf(writer));
  const looking = new Statements(await connectionOf(reader));
  return {
    database: {
      open: async (instance): Promise<Session> => new SqliteSession(await outbox.open(instance), statements, turns),
      look: (wanted: Entries) => whileBusy(() => faulty(() => loadRows(looking, wanted))),
      close,
    },
    outbox,
    sagaStore: new KnexSagaStore(access),
    events: new KnexEventStore(access),
    clock: { nowMs: async () => undefined },
    refused: new KnexRefusedRecordStore(access),
    retention: new KnexRetentionStore(access),
    reader: { query: access.look },
  };
}

/** Two processes may be started on one folder; the second then finds the migrations done, and the instance running. */
async function alone(instanceLocks: InstanceLocks, migrate: () => Promise<void>): Promise<void> {
  for (let waitedMs = 0; waitedMs < migratingMs; waitedMs += pollMs) {
    const instanceLock = await instanceLocks.take('migrating', () => {});
    if (instanceLock) return whileBusy(migrate).finally(() => instanceLock.leave());
    await setTimeout(pollMs);
  }
  throw new Error(`another process has been migrating this database for ${migratingMs} ms`);
}

function connect(filename: string | Buffer, readonly: boolean): Knex {
  return knex({
    client: 'better-sqlite3',
    connection: { filename: filename as string, options: { readonly } }, // of an image, which the driver takes, knex does not know
    useNullAsDefault: true,
    compileSqlOnError: false, // values are nobody's business
    log: { warn: () => {} }, // what it would say of a failed migration is in the error that it throws
    pool: {
      min: 1,
      max: 1,
      afterCreate: (connection: BetterSqlite3.Database, done: (error?: unknown) => void) => {
        connection.pragma('busy_timeout = 0'); // see whileBusy
        if (!readonly) connection.pragma('journal_mode = WAL');
        connection.pragma('synchronous = FULL');
        prepareOnce(connection);
        done();
      },
    },
  });
}

/** The pool's only connection: sessions use it under the same turns as everybody else, and give it back at once. */
async function connectionOf({ client }: Knex): Promise<BetterSqlite3.Database> {
  const connection: BetterSqlite3.Database = await whileBusy(() => client.acquireConnection());
  await client.releaseConnection(connection);
  return connection;
}
