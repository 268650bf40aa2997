import knex from 'knex';
import { aSaga } from '../conformance/saga-rows';
import { sagaTable } from '../runtime';
import { kitMigrations } from './kit-migrations';
import { migrate } from './migrations';

test('a database with sagas from before they had a history of their own gets the column, and keeps them', async () => {
  const database = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true });
  try {
    await migrate(database, kitMigrations);
    await database.schema.alterTable('kit_sagas', (table) => void table.dropColumn('history'));
    await database('kit_migrations').where({ name: 'kit-023-saga-history' }).delete();
    const { columns, toRow, toItem } = sagaTable;
    const saga = aSaga('ORDER', 'a');
    const values = Object.fromEntries(toRow(saga).map((value, index) => [columns[index]!, value]));
    delete values['history'];
    await database('kit_sagas').insert(values);
    await migrate(database, kitMigrations);
    const [row] = await database('kit_sagas').select();
    expect(toItem(columns.map((column) => row[column]))).toEqual(saga);
  } finally {
    await database.destroy();
  }
});
