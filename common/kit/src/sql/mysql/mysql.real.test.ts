import { randomBytes } from 'node:crypto';
import { AMysql } from '../../../test/a-mysql';
import { given } from '../../../test/given';
import { caseMs, storesCases, type StoresFeatures, type StoresUnderTest } from '../../conformance';
import { bare, aThing, counters, marks, suiteMigrations, things } from '../../conformance/things';
import {
  entriesOf,
  faultOf,
  inserts,
  load,
  look,
  nothing,
  together,
  upserts,
  write,
} from '../../conformance/transacting';
import { until } from '../../conformance/until';
import { createsTable, type Migration } from '../migrations';
import { mysqlAddress } from './mysql-server';

const features: StoresFeatures = { shared: 'yes', rowLocks: 'yes', connections: 'yes', trailingSpaces: 'yes' };

given('MYSQL_URL')('MySQL', () => {
  for (const { name, run } of storesCases(openFresh, features)) test(name, run, caseMs);
});

async function openFresh(migrations: readonly Migration[]): Promise<StoresUnderTest> {
  const mysql = await AMysql.make();
  try {
    const stores = await mysql.open(migrations);
    const again = (others: readonly Migration[]) => mysql.open(others);
    return { stores, again, cut: async () => mysql.proxy.cut(), close: () => mysql.close() };
  } catch (error) {
    await mysql.close();
    throw error;
  }
}

given('MYSQL_URL')('a MySQL database', () => {
  let mysql: AMysql;
  beforeEach(async () => {
    mysql = await AMysql.make();
  });
  afterEach(() => mysql.close());

  test('that is not there yet is made by one of several who open it at once', async () => {
    const opened = await Promise.all([1, 2, 3, 4].map(() => mysql.open(suiteMigrations)));
    const outbox = await Promise.all(opened.map(({ database }) => database.open('service')));
    expect(new Set(outbox.map(({ producer }) => producer)).size).toBe(4);
    expect(
      await mysql.ask(`select name, count(*) from ${mysql.database}.kit_migrations group by name having count(*) > 1`),
    ).toEqual([]);
  });

  test('that is there already is used as it is, whatever its character set', async () => {
    await mysql.ask(`create database ${mysql.database} character set latin1`);
    const stores = await mysql.open(suiteMigrations);
    const rows = [aThing('a', { needed: '🍕' }), aThing('A', { needed: 'é' })];
    await write(stores, inserts(things, ...rows));
    expect(await look(stores, things, ['a', 'A'])).toEqual(rows);
  });

  test('tells its time, whatever its time zone, in which an hour may come twice', async () => {
    await mysql.open([]);
    const [[zone]] = await mysql.ask('select @@global.time_zone');
    await mysql.ask("set global time_zone = '+09:00'");
    try {
      const { clock } = await mysql.open([]); // on this machine
      expect(Math.abs((await clock.nowMs())! - Date.now())).toBeLessThan(60_000);
    } finally {
      await mysql.ask(`set global time_zone = '${zone}'`);
    }
  });

  test('whose opening is cut off again and again gets there', async () => {
    let stores: Awaited<ReturnType<typeof mysql.open>> | undefined;
    let cuts = 0;
    for (let sayings = 1; !stores; sayings += 3) {
      mysql.proxy.cutAfterSayings(sayings);
      stores = await mysql.open(suiteMigrations).catch(() => undefined);
      if (!stores) cuts++;
    }
    mysql.proxy.cutAfterSayings(Infinity);
    expect(cuts).toBeGreaterThan(10);
    await write(stores, inserts(counters, { id: 1, count: 1 }));
    expect(await look(stores, counters, [1])).toEqual([{ id: 1, count: 1 }]);
  });

  test('whose table was made, but not written down as made, is opened', async () => {
    await (await mysql.open(suiteMigrations)).database.close();
    await mysql.ask(`delete from ${mysql.database}.kit_migrations where name = 'suite-002-counters'`);
    await mysql.ask(`update ${mysql.database}.kit_migrations_lock set is_locked = 1`);
    const stores = await mysql.open(suiteMigrations);
    expect(await look(stores, counters, [1])).toEqual([undefined]);
  });

  test('is not held on to by a program that it is too new for', async () => {
    const newer = await mysql.open([createsTable('service-002', bare)]);
    await newer.database.close();
    await expect(mysql.open([])).rejects.toThrow(
      'the database was migrated by a newer program (service-002): run that one, or restore an older copy',
    );
    await until('no connection is left', () => mysql.proxy.connections === 0);
  });

  test('is not written to by those who only read', async () => {
    const stores = await mysql.open([]);
    const writing = stores.reader.query(async (knex) => knex('kit_outbox_producers').insert({ instance: 'service-1' }));
    await expect(writing).rejects.toMatchObject({
      ...{ name: 'DatabaseFault', kind: 'refused' },
      message: expect.stringContaining('ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION'),
    });
    expect(await stores.outbox.all()).toEqual([]);
  });

  test('has one side of a deadlock try again', async () => {
    const stores = await mysql.open(suiteMigrations);
    await write(stores, inserts(counters, { id: 1, count: 1 }, { id: 2, count: 1 }));
    const [one, two] = [await stores.database.open('service'), await stores.database.open('service')];
    await load(one, counters, [1]);
    await load(two, counters, [2]);
    const loads = [
      one.load(new Map([[counters, entriesOf(counters, [2])]])),
      two.load(new Map([[counters, entriesOf(counters, [1])]])),
    ];
    const outcomes = await Promise.allSettled(loads);
    const failed = outcomes.findIndex(({ status }) => status === 'rejected');
    expect(outcomes[failed]).toMatchObject({ reason: { name: 'DatabaseFault', kind: 'conflict' } });
    expect(outcomes[1 - failed]).toMatchObject({ status: 'fulfilled' });
    const [loser, winner] = failed === 0 ? [one, two] : [two, one];
    await loser.rollback();
    await winner.rollback();
    expect(await load(loser, counters, [1, 2])).toHaveLength(2);
    await loser.commit(1, new Map(), []);
  });

  test('goes on with no transaction that has failed, before it is rolled back', async () => {
    const stores = await mysql.open(suiteMigrations);
    await write(stores, inserts(counters, { id: 2, count: 1 }));
    const session = await stores.database.open('service');
    const rows = [1, 2].map((id) => ({ id, count: 2 }));
    expect(
      await faultOf(
        session.commit(1, together(upserts(counters, rows[0]!), inserts(marks, { id: 'm' }, { id: 'm' })), []),
      ),
    ).toBe('duplicate');
    expect(await faultOf(load(session, counters, [1]))).toBe('refused');
    expect(await faultOf(session.commit(2, nothing, []))).toBe('refused');
    await session.rollback();
    expect(await load(session, counters, [1])).toEqual([undefined]);
    await session.commit(3, upserts(counters, rows[1]!), []);
    expect(await look(stores, counters, [1, 2])).toEqual([undefined, rows[1]]);
  });

  test('refuses a name that is too long instead of cutting it short', async () => {
    const { sagaStore } = await mysql.open([]);
    const definition = { id: `S/${'v'.repeat(100)}`, saga: 'S', steps: [], stateSchema: {} };
    await expect(sagaStore.keepDefinition(definition)).rejects.toThrow('80 characters are the most, not 102');
    expect(await sagaStore.definitions('S')).toEqual([]);
  });

  test('refuses a row that is larger than it takes at once, and says so', async () => {
    const bytesMax = 8 * 1_048_576; // MariaDB has 16 MB of its own accord and MySQL 64, of which its redo log takes no row
    const [[before]] = await mysql.ask('select @@global.max_allowed_packet');
    await mysql.ask(`set global max_allowed_packet = ${bytesMax}`);
    const opening = mysql.open([]).then(async (stores) => [stores, await stores.database.open('service')] as const);
    const again = () => mysql.ask(`set global max_allowed_packet = ${before}`);
    const [stores, session] = await opening.finally(again);
    const value = randomBytes(bytesMax / 2);
    const commit = session.commit(1, new Map(), [{ seq: 1, topic: 't', key: 'k', value }]);
    await expect(commit).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('max_allowed_packet'),
    });
    await session.rollback();
    await session.commit(2, new Map(), [
      { seq: 1, topic: 't', key: 'k', value: value.subarray(0, bytesMax / 2 - 10_000) },
    ]);
    expect((await stores.outbox.unsent(session.producer, 1))[0]?.value).toHaveLength(bytesMax / 2 - 10_000);
  });
});

test('an address that is none is refused, without a word about the password', () => {
  const urls = [
    '',
    'secret',
    'mysql://',
    'http://u:secret@h',
    'mysql://u:secret@h:99999',
    'mysql://u:secret@h/db',
    'mysql://u:%secret@h',
    'mysql://:secret@h',
    'mysql://u:secret@h?ssl=no',
  ];
  for (const url of urls) {
    const message = 'the URL of the database has to be like mysql://user:password@host:port';
    expect(() => mysqlAddress({ url, database: 'd', migrations: [] })).toThrow(new Error(message));
  }
  for (const database of ['', 'a.b', 'a`b', 'x'.repeat(65)])
    expect(() => mysqlAddress({ url: 'mysql://u:secret@h', database, migrations: [] })).toThrow(/is no name/);
  expect(mysqlAddress({ url: 'mysql://u:p%40%25@[::1]', database: 'd', migrations: [] })).toMatchObject({
    ...{ host: '::1', port: 3306, user: 'u', password: 'p@%', database: 'd' },
  });
});
