import type { Connection } from 'mysql2';
import knex, { type Knex } from 'knex';
import { sessionSettings, type MysqlServer } from './mysql-server';

export interface PoolOptions {
  readonly max: number;
  /** How long a connection may be silent, at work or not, before it is given up; 0 for as long as it takes. */
  readonly silenceMs: number;
  /** Its transactions cannot write. */
  readonly readOnly?: boolean;
}

/** For queries that are no part of a batch. A connection takes one statement at a time. */
export function poolOf(server: MysqlServer, { max, silenceMs, readOnly = false }: PoolOptions): Knex {
  const settings = readOnly ? [...sessionSettings, 'set session transaction read only'] : sessionSettings;
  return knex({
    client: 'mysql2',
    connection: server.pooled(silenceMs) as Knex.Config['connection'] & object,
    compileSqlOnError: false, // values are nobody's business
    acquireConnectionTimeout: server.address.answerMs,
    log: { warn: () => {} }, // what it would say of a failed migration is in the error that it throws
    pool: {
      min: 0,
      max,
      afterCreate: (connection: Connection, done: (error: unknown, connection: Connection) => void) => {
        set(connection, settings).then(
          () => done(null, connection),
          (error: unknown) => done(error, connection),
        );
      },
    },
  });
}

async function set(connection: Connection, settings: readonly string[]): Promise<void> {
  for (const setting of settings)
    await new Promise<void>((resolve, reject) => {
      connection.query(setting, (error) => (error ? reject(error) : resolve()));
    });
}
