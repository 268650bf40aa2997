import { connect, type Socket } from 'node:net';
import { createConnection, format, type ConnectionOptions } from 'mysql2';
import { MysqlConnection, silent } from './mysql-connection';
import { mysqlFault } from './mysql-fault';
import type { Migration } from '../migrations';
import { Packet } from './mysql-text';

export interface MysqlOptions {
  /** `mysql://user:password@host:port`; user and password with percent signs for what a URL does not take. */
  readonly url: string;
  /** Made if it is not there, by a user who may. */
  readonly database: string;
  readonly migrations: readonly Migration[];
  /**
   * How many connections look at rows at the same time. A service has four besides: two producers, its instance lock,
   * and one that writes.
   */
  readonly readersMax?: number;
  /** Encrypts, and checks whose certificate it is; `ca` as PEM, where it is not one of those that everybody knows. */
  readonly tls?: { readonly ca?: string };
  /** The longest silence that is waited through; then the connection is given up as lost. */
  readonly answerMs?: number;
}

/** Where a database is, and how it is spoken to. */
export interface MysqlAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly tls: MysqlOptions['tls'] | undefined;
  /** The longest silence that is waited through; then the connection is given up. */
  readonly answerMs: number;
}

/** Throws, without the password, for what is no address. */
export function mysqlAddress({ url, database, tls, answerMs = 30_000 }: MysqlOptions): MysqlAddress {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(database))
    throw new Error(`"${database}" is no name for a database: up to 64 letters, digits, _ and -`);
  try {
    const { protocol, hostname, port, username, password, pathname, search } = new URL(url);
    if (protocol !== 'mysql:' || hostname === '' || username === '' || pathname.length > 1 || search !== '')
      throw new TypeError('not one of these');
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    const [user, secret] = [username, password].map(decodeURIComponent) as [string, string];
    return { host, port: Number(port || 3306), user, password: secret, database, tls, answerMs };
  } catch {
    throw new Error('the URL of the database has to be like mysql://user:password@host:port');
  }
}

const connectMs = 10_000;
const keepAliveMs = 10_000;

/** What every connection is set to, whatever the server thinks it should be. */
export const sessionSettings: readonly string[] = [
  'set names utf8mb4',
  'set session transaction isolation level read committed',
  "set session sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', autocommit = 1, innodb_lock_wait_timeout = 2",
];

/** A database server, and all the connections to it. */
export class MysqlServer {
  /** What it takes at once. */
  packet = new Packet(0);
  private readonly sockets = new Set<Socket>();
  private isClosed = false;

  constructor(readonly address: MysqlAddress) {}

  /** A connection that takes several statements at once. Rejects with a `DatabaseFault`. `null`: to no database yet. */
  async connect(database: string | null = this.address.database): Promise<MysqlConnection> {
    const sockets: Socket[] = [];
    const stream = () => {
      const socket = this.socket();
      sockets.push(socket);
      return socket;
    };
    const settings = { ...this.settings(), stream, multipleStatements: true };
    const raw = createConnection(database === null ? settings : { ...settings, database });
    raw.on('error', () => {}); // whoever asks something is told
    const connection = new MysqlConnection(raw, sockets[0]!, this.address.answerMs);
    try {
      await new Promise<void>((resolve, reject) => raw.connect((error) => (error ? reject(error) : resolve())));
      const answers = await connection.ask([...sessionSettings, 'select @@max_allowed_packet']);
      connection.packet = this.packet = new Packet(answers.at(-1)[0][0]);
    } catch (error) {
      connection.destroy();
      throw mysqlFault(error);
    }
    return connection;
  }

  /** For a pool. Its connections are given up when nothing has gone through them for `silenceMs`, idle or not. */
  pooled(silenceMs: number): ConnectionOptions {
    const stream = () => this.socket().setTimeout(silenceMs, silent(silenceMs));
    return { ...this.settings(), database: this.address.database, stream };
  }

  /** Ends what is left of all connections, at once; there will be no other one. */
  close(): void {
    this.isClosed = true;
    for (const socket of this.sockets) socket.destroy();
  }

  private settings(): ConnectionOptions {
    const { host, port, user, password, tls } = this.address;
    return {
      ...{ host, port, user, password, charset: 'utf8mb4', timezone: 'Z', connectTimeout: connectMs },
      jsonStrings: true, // as SQLite has them
      // A text without values is left alone: what looks like a placeholder in it is part of a value.
      queryFormat: (sql, values) => (isEmpty(values) ? sql : format(sql, values, false, 'Z')),
      ...(tls && { ssl: { ...tls, minVersion: 'TLSv1.2', rejectUnauthorized: true, verifyIdentity: true } }),
    };
  }

  private socket(): Socket {
    const { host, port } = this.address;
    const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs });
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    if (this.isClosed) socket.destroy(new Error('the database was closed'));
    return socket;
  }
}

const isEmpty = (values: unknown): boolean => values === undefined || (Array.isArray(values) && values.length === 0);
