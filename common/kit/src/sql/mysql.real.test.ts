import { randomBytes } from 'node:crypto';
import { given } from '../../test/given';
import { TcpProxy } from '../../test/tcp-proxy';
import { caseMs, storesCases, type StoresFeatures, type StoresUnderTest } from '../testing';
import type { Migration } from './migrations';
import { openMysql } from './mysql';
import { MysqlServer, mysqlAddress } from './mysql-server';
import type { Stores } from './stores';

const features: StoresFeatures = { shared: 'yes', rowLocks: 'yes', connections: 'yes', trailingSpaces: 'yes' };

given('MYSQL_URL')('MySQL', () => {
  for (const { name, run } of storesCases(openFresh, features)) test(name, run, caseMs);
});

async function openFresh(migrations: readonly Migration[]): Promise<StoresUnderTest> {
  const url = process.env['MYSQL_URL']!;
  const database = `saga_test_${randomBytes(6).toString('hex')}`;
  const { host, port, user, password } = mysqlAddress({ url, database, migrations });
  const proxy = await TcpProxy.open({ host, port });
  const opened: Stores[] = [];
  const again = async (others: readonly Migration[]) => {
    const stores = await openMysql({
      url: `mysql://${user}:${password}@127.0.0.1:${proxy.port}`,
      database,
      migrations: others,
    });
    opened.push(stores);
    return stores;
  };
  const close = async () => {
    for (const each of opened) await each.database.close();
    await proxy.close();
    const server = new MysqlServer(mysqlAddress({ url, database, migrations }));
    await (await server.connect(null)).ask([`drop database ${database}`]);
    server.close();
  };
  try {
    return { stores: await again(migrations), again, cut: async () => proxy.cut(), close };
  } catch (error) {
    await proxy.close();
    throw error;
  }
}
