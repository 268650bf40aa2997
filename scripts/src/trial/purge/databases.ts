import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';

/** The databases of a system's services, beside the services. */
export interface Databases {
  query<Row>(service: string, sql: string, ...values: readonly (string | number)[]): Promise<Row[]>;
  /** What they take on the disk. */
  bytes(): Promise<number>;
  /** Of these, what is free for new rows. */
  freeBytes(): Promise<number>;
  /** Gives back to the disk what is free. */
  compact(): Promise<void>;
  close(): Promise<void>;
}

/** Files in a folder. */
export function sqliteDatabases(folder: string, services: readonly string[]): Databases {
  const opened = new Map<string, BetterSqlite3.Database>();
  const open = (service: string) => {
    const there = opened.get(service) ?? new BetterSqlite3(join(folder, `${service}.db`));
    opened.set(service, there);
    return there;
  };
  const close = async () => {
    for (const database of opened.values()) database.close();
    opened.clear();
  };
  return {
    query: async <Row>(service: string, sql: string, ...values: readonly (string | number)[]) => {
      const statement = open(service).prepare(sql);
      if (statement.reader) return statement.all(...values) as Row[];
      statement.run(...values);
      return [];
    },
    bytes: async () => {
      for (const service of services) open(service).pragma('wal_checkpoint(truncate)');
      return sum(await Promise.all(services.map(async (service) => (await stat(join(folder, `${service}.db`))).size)));
    },
    freeBytes: async () => {
      const pragma = (service: string, name: string) => Number(open(service).pragma(name, { simple: true }));
      return sum(services.map((service) => pragma(service, 'freelist_count') * pragma(service, 'page_size')));
    },
    compact: async () => {
      for (const service of services) open(service).exec('vacuum');
      await close();
    },
    close,
  };
}

/** On a server whose files are on this machine. */
export async function mysqlDatabases(url: string, prefix: string, services: readonly string[]): Promise<Databases> {
  const connection: Connection = await createConnection({ uri: url });
  const schemas = services.map((service) => `${prefix}${service}`);
  const query = async <Row>(service: string, sql: string, ...values: readonly (string | number)[]) => {
    await connection.query(`use ${prefix}${service}`);
    const [rows] = await connection.query<RowDataPacket[]>(sql, [...values]);
    return Array.isArray(rows) ? (rows as Row[]) : [];
  };
  return {
    query,
    bytes: async () => {
      const [[at]] = await connection.query<RowDataPacket[]>('select @@datadir as folder');
      return sum(await Promise.all(schemas.map((schema) => bytesIn(join(at!['folder'], schema)))));
    },
    freeBytes: async () => {
      const sql = 'select sum(data_free) as free from information_schema.tables where table_schema in (?)';
      const [[row]] = await connection.query<RowDataPacket[]>(sql, [schemas]);
      return Number(row!['free']);
    },
    compact: async () => {
      for (const service of services)
        for (const table of ['kit_sagas', 'kit_history', 'kit_inbox']) await query(service, `optimize table ${table}`);
    },
    close: () => connection.end(),
  };
}

async function bytesIn(folder: string): Promise<number> {
  const files = await readdir(folder);
  return sum(await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size)));
}
const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
