import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { openMysql } from '../../common/kit/src/sql/mysql';
import { given } from '../../common/kit/test/given';
import { root } from '../src/root';
import { startInfra, type OwnInfra } from '../../common/cli/src/infra/start-infra';
import { services } from '../src/services';

const names = services.map(({ name }) => name);

given('MYSQL_URL')('a user of the database that a container has', () => {
  let infra: OwnInfra;
  beforeAll(async () => {
    infra = await startInfra({ names: ['mysql'] });
    const admin = await createConnection({ uri: infra.addresses.MYSQL_URL!, multipleStatements: true });
    await admin.query(readFileSync(join(root, 'docker', 'mysql-init.sql'), 'utf8'));
    await admin.end();
  }, 120_000);
  afterAll(() => infra.close(), 60_000);

  const open = (user: string, database: string) => {
    const { host } = new URL(infra.addresses.MYSQL_URL!);
    return openMysql({ url: `mysql://${user}:${user}@${host}`, database, migrations: [] });
  };

  test.each(names)('can make and use the database of the service %s', async (name) => {
    const { database, outbox } = await open(name, `saga_${name}`);
    const session = await database.open(`${name}-1`);
    expect((await outbox.all()).map(({ producer }) => producer)).toEqual([session.producer]);
    await database.close();
  });

  test.each([...names.slice(1).map((name) => `saga_${name}`), 'sagaXorder', 'mysql'])(
    'has nothing to do with %s, as the user of the service order',
    async (database) => {
      await expect(open('order', database)).rejects.toThrow(/ER_DBACCESS_DENIED_ERROR|ER_ACCESS_DENIED_ERROR/);
    },
  );
});
