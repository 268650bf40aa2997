import { createHash } from 'node:crypto';
import { DatabaseFault } from '../../runtime';
import type { MysqlConnection } from './mysql-connection';
import { isNoSuchThread } from './mysql-fault';
import type { MysqlServer } from './mysql-server';
import { literal } from './mysql-text';

/**
 * The name of a lock that hangs on a connection. Such names belong to the whole server, have up to 64 characters and do not
 * tell A from a: so a part to be recognised by, and a hash.
 */
export function lockName(database: string, of: 'producer' | 'instance' | 'migrations', name: string | number): string {
  const whole = JSON.stringify([database, of, name]);
  const readable = `${of} ${database}/${name}`.toLowerCase().replace(/[^a-z0-9 /_-]/g, '_');
  return `${readable.slice(0, 31)} ${createHash('sha256').update(whole).digest('hex').slice(0, 32)}`;
}

/** A producer's connection. Whatever the producer has begun on another one is over when it is there: committed, or undone. */
export async function producerConnection(server: MysqlServer, producer: number): Promise<MysqlConnection> {
  const lock = lockName(server.address.database, 'producer', producer);
  const connection = await server.connect();
  try {
    const holder = await holderOf(connection, lock);
    if (holder !== null) await seizeLock(connection, lock, holder);
    else if (!(await takeLock(connection, lock, 0))) throw new DatabaseFault('lost', `somebody else has "${lock}"`);
    return connection;
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/** Takes a lock if nobody has it, waiting up to so long. */
export async function takeLock(connection: MysqlConnection, lock: string, waitSeconds: number): Promise<boolean> {
  const [[[got]]] = await connection.ask([`select get_lock(${literal(lock)}, ${waitSeconds})`]);
  if (got === null) throw new DatabaseFault('refused', `the database cannot lock "${lock}"`);
  return got === 1;
}

/** Which connection has a lock. */
export async function holderOf(connection: MysqlConnection, lock: string): Promise<number | null> {
  const [[[holder]]] = await connection.ask([`select is_used_lock(${literal(lock)})`]);
  return holder;
}

/** Takes a lock from a connection that is not ours any more. When it is taken, whatever that one was doing is over. */
export async function seizeLock(connection: MysqlConnection, lock: string, holder: number): Promise<void> {
  try {
    await connection.ask([`kill ${holder}`]);
  } catch (error) {
    if (!isNoSuchThread(error)) throw error;
  }
  if (!(await takeLock(connection, lock, seizeSeconds)))
    throw new DatabaseFault('lost', `connection ${holder} was killed, and still has "${lock}"`);
}

const seizeSeconds = 5;
