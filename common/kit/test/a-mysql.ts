import { randomBytes } from 'node:crypto';
import { openMysql } from '../src/sql/mysql/mysql';
import type { MysqlOptions } from '../src/sql/mysql/mysql-server';
import type { MysqlConnection } from '../src/sql/mysql/mysql-connection';
import { mysqlAddress, MysqlServer } from '../src/sql/mysql/mysql-server';
import type { Migration } from '../src/sql/migrations';
import type { Stores } from '../src/sql';
import { TcpProxy } from './tcp-proxy';

/** A database of a test's own, which is not there yet, behind a network that does what the test wants. */
export class AMysql {
  private readonly opened: Stores[] = [];
  private direct: Promise<MysqlConnection> | undefined;

  private constructor(
    readonly database: string,
    readonly proxy: TcpProxy,
    private readonly server: MysqlServer,
  ) {}

  static async make(): Promise<AMysql> {
    const database = `saga_test_${randomBytes(6).toString('hex')}`;
    const address = mysqlAddress({ url: process.env['MYSQL_URL']!, database, migrations: [] });
    return new AMysql(database, await TcpProxy.open(address), new MysqlServer(address));
  }

  /** Where it is, through the network. */
  url(user = this.server.address.user, password = this.server.address.password): string {
    return `mysql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:${this.proxy.port}`;
  }

  async open(migrations: readonly Migration[], options: Partial<MysqlOptions> = {}): Promise<Stores> {
    const stores = await openMysql({ url: this.url(), database: this.database, migrations, ...options });
    this.opened.push(stores);
    return stores;
  }

  /** One statement, past the network. */
  async ask(statement: string): Promise<any> {
    this.direct ??= this.server.connect(null);
    const [answer] = await (await this.direct).ask([statement]);
    return answer;
  }

  async close(): Promise<void> {
    for (const { database } of this.opened) await database.close();
    await this.proxy.close();
    await this.ask(`drop database if exists ${this.database}`);
    this.server.close();
  }
}
