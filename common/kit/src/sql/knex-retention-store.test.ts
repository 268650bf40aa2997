import knex, { type Knex } from 'knex';
import { historyTable, sagaTable, type Table } from '../runtime';
import { aSaga } from '../conformance/saga-rows';
import { kitMigrations } from './kit-migrations';
import { KnexRetentionStore } from './knex-retention-store';
import { migrate } from './migrations';

let database: Knex;
beforeEach(async () => {
  database = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true });
  await migrate(database, kitMigrations);
});
afterEach(() => database.destroy());

const insert = <Item>({ name, columns, toRow }: Table<Item>, item: Item) =>
  database(name).insert(Object.fromEntries(toRow(item).map((value, index) => [columns[index], value])));

test.each([
  ['was begun anew', { status: 'running', updated_at: 2_000 }],
  ['was purged by another instance, and begun and ended anew', { updated_at: 6_000 }],
])('a saga that %s while it was about to be purged is kept, with its history', async (_, now) => {
  await insert(sagaTable, aSaga('ORDER', 'a', { status: 'completed', updatedAt: new Date(1_000) }));
  await insert(historyTable, {
    ...{ id: 'a/ORDER/sent/Pay', number: 1, direction: 'sent', topic: 'payments', type: 'Pay', messageId: 'm' },
    ...{ causationId: 'c', code: null, errorMessage: null, awaited: true, times: 1 },
    ...{ at: new Date(1_000), lastAt: new Date(1_000) },
  });
  const store = new KnexRetentionStore({
    look: (query) => query(database),
    write: async (query) => {
      await database('kit_sagas').update(now);
      return query(database);
    },
  });
  expect(await store.sagas({ before: new Date(5_000), limit: 10, now: new Date(9_000) })).toEqual({
    sagas: 0,
    history: 0,
  });
  expect(await database('kit_sagas').pluck('id')).toEqual(['ORDER/a']);
  expect(await database('kit_history').pluck('id')).toEqual(['a/ORDER/sent/Pay']);
});

test('a database that is lost while it counts is told once, and ends no process', async () => {
  const unheard: unknown[] = [];
  const note = (error: unknown) => void unheard.push(error);
  process.on('unhandledRejection', note);
  const lost = () => new Promise<never>((_, reject) => setImmediate(() => reject(new Error('lost'))));
  const store = new KnexRetentionStore({ look: lost, write: lost });
  const before = { sagas: new Date(), history: new Date(), inbox: new Date(), parked: new Date() };
  await expect(store.count()).rejects.toThrow('lost');
  await expect(store.countOld(before)).rejects.toThrow('lost');
  for (let turn = 0; turn < 5; turn++) await new Promise((done) => setImmediate(done));
  process.off('unhandledRejection', note);
  expect(unheard).toEqual([]);
});
