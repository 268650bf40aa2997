import knex from 'knex';
import { aSaga } from '../conformance/saga-rows';
import { sagaTable, slotMs } from '../runtime';
import { kitMigrations } from './kit-migrations';
import { migrate } from './migrations';

test('a database with sagas from before they had a history of their own, and slots, gets these columns, and keeps them', async () => {
  const database = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true });
  try {
    await migrate(
      database,
      kitMigrations.filter(({ name }) => name < 'kit-023-saga-history'),
    );
    await database.schema.alterTable('kit_sagas', (table) => void table.dropColumn('history'));
    const { columns, toRow, toItem } = sagaTable;
    const saga = aSaga('ORDER', 'a', { updatedAt: new Date(2 * slotMs), dueAt: new Date(4 * slotMs - 1) });
    const values = Object.fromEntries(toRow(saga).map((value, index) => [columns[index]!, value]));
    delete values['history'];
    await database('kit_sagas').insert(values);
    await migrate(database, kitMigrations);
    const [row] = await database('kit_sagas').select();
    expect(toItem(columns.map((column) => row[column]))).toEqual(saga);
    expect(row).toMatchObject({ due_slot: 3, updated_slot: 2 });
  } finally {
    await database.destroy();
  }
});
