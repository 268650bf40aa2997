import { setTimeout } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Connection } from 'mysql2';
import type { Database, Entries } from '../../runtime';
import type { SqlAccess } from '../sql-reader';
import { KnexEventStore } from '../knex-event-store';
import { KnexOutboxStore } from '../knex-outbox-store';
import { KnexSagaStore } from '../knex-saga-store';
import { KnexRefusedRecordStore } from '../knex-refused-record-store';
import { KnexRetentionStore } from '../knex-retention-store';
import { isOfDatabase, isPassing, mysqlFault } from './mysql-fault';
import { mysqlClock } from './mysql-clock';
import { producerConnection } from './mysql-locks';
import { looksOf, run } from './mysql-loads';
import { migrateMysql } from './mysql-migrations';
import { poolOf } from './mysql-pool';
import { MysqlInstanceLocks } from './mysql-instance-locks';
import { mysqlAddress, MysqlServer, type MysqlOptions } from './mysql-server';
import { MysqlSession } from './mysql-session';
import { patiently, type Patience } from '../patiently';
import type { Stores } from '../stores';

const closingMs = 5_000;
const patience: Patience = { isPassing, triesMax: 3, pauseMs: 100 };

/**
 * Opens a service's database on MySQL 8.4 or MariaDB 10.11. Several instances may use one database; a transaction locks the
 * rows that it loads. Rejects, with nothing left open, for a database that a newer program has migrated; with a
 * `DatabaseFault` when the way to it is lost meanwhile.
 */
export async function openMysql(options: MysqlOptions): Promise<Stores> {
  const server = new MysqlServer(mysqlAddress(options));
  try {
    await migrateMysql(server, options.migrations);
    return storesOn(server, options.readersMax ?? 4);
  } catch (error) {
    server.close();
    throw isPassing(error) ? mysqlFault(error) : error;
  }
}

function storesOn(server: MysqlServer, readersMax: number): Stores {
  const silenceMs = server.address.answerMs;
  const writer = poolOf(server, { max: 1, silenceMs });
  const reader = poolOf(server, { max: readersMax, silenceMs, readOnly: true });
  const access: SqlAccess = {
    look: (query) => patiently(() => query(reader), patience).catch(rethrow),
    write: (query) => patiently(() => query(writer), patience).catch(rethrow),
  };
  const outbox = new KnexOutboxStore(access);
  const sessions = new Set<MysqlSession>();
  const database: Database = {
    open: async (instance) => {
      const producer = await outbox.open(instance);
      const connect = () => producerConnection(server, producer);
      const session = new MysqlSession(producer, await connect(), connect);
      sessions.add(session);
      return session;
    },
    look: (wanted) => patiently(() => lookWith(reader, server, wanted), patience),
    close: async () => {
      const ends = [...sessions].map((session) => session.close());
      await within(closingMs, Promise.allSettled([...ends, reader.destroy(), writer.destroy()]));
      server.close();
    },
  };
  const reading = { query: access.look };
  return {
    database,
    outbox,
    sagaStore: new KnexSagaStore(access),
    events: new KnexEventStore(access),
    refused: new KnexRefusedRecordStore(access),
    retention: new KnexRetentionStore(access),
    clock: mysqlClock(access),
    instanceLocks: new MysqlInstanceLocks(server),
    reader: reading,
  };
}

async function lookWith({ client }: Knex, { packet }: MysqlServer, wanted: Entries): Promise<void> {
  const connection: Connection = await client.acquireConnection().catch((error: unknown) => {
    throw mysqlFault(error);
  });
  const one = (sql: string) =>
    new Promise<any>((resolve, reject) => {
      connection.query({ sql, rowsAsArray: true }, (error, rows) =>
        error ? reject(mysqlFault(error)) : resolve(rows),
      );
    });
  try {
    const ask = (statements: readonly string[]) => Promise.all(statements.map(one)); // the connection takes them in turn
    await run({ ask, packet }, [], looksOf(wanted));
  } finally {
    await client.releaseConnection(connection);
  }
}

function rethrow(error: unknown): never {
  throw isOfDatabase(error) ? mysqlFault(error) : error;
}

/** Resolves when something is done, or has taken too long. */
async function within(ms: number, done: Promise<unknown>): Promise<void> {
  const waiting = new AbortController();
  const late = setTimeout(ms, undefined, { signal: waiting.signal }).catch(() => {}); // it was done in time
  await Promise.race([done, late]);
  waiting.abort();
}
