import { isNoSuchDatabase } from './mysql-fault';
import { kitMigrations } from '../kit-migrations';
import { lockName } from './mysql-locks';
import { poolOf } from './mysql-pool';
import type { MysqlServer } from './mysql-server';
import { migrate, type Migration } from '../migrations';

const waitSeconds = 60;

/** Makes the database if there is none, and brings it up to what this program knows, while nobody else does. */
export async function migrateMysql(server: MysqlServer, migrations: readonly Migration[]): Promise<void> {
  await makeDatabase(server);
  const { database } = server.address;
  const lock = lockName(database, 'migrations', '');
  // One connection has the lock and does the work, however long that takes: if it is lost, both are.
  const knex = poolOf(server, { max: 1, silenceMs: 0 });
  try {
    const [[{ got }]] = await knex.raw('select get_lock(?, ?) as got', [lock, waitSeconds]);
    if (got !== 1)
      throw new Error(`another process has been migrating the database "${database}" for ${waitSeconds} seconds`);
    await migrate(knex, [...kitMigrations, ...migrations]);
  } finally {
    await knex.destroy();
  }
}

async function makeDatabase(server: MysqlServer): Promise<void> {
  const connection = await server.connect().catch(async (error: unknown) => {
    if (!isNoSuchDatabase(error)) throw error;
    const other = await server.connect(null);
    // its name has been checked
    await other.ask([`create database if not exists \`${server.address.database}\` character set utf8mb4`]);
    return other;
  });
  await connection.end();
}
