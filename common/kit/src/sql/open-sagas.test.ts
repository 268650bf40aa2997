import { openSqlite } from './sqlite/sqlite';

test('who asks where open sagas stand does not go through those that have ended', async () => {
  const { sagaStore, reader, database } = await openSqlite({ file: ':memory:', migrations: [] });
  const asked: { readonly sql: string; readonly bindings: readonly string[] }[] = [];
  await reader.query(async (knex) => void knex.on('query', (query) => asked.push(query)));
  await sagaStore.standing(['ORDER', 'REFUND']);
  await sagaStore.open('ORDER');
  await sagaStore.needsOperatorCount();
  const plans: string[] = [];
  for (const { sql, bindings } of asked.splice(0)) {
    const plan = await reader.query<{ detail: string }[]>((knex) => knex.raw(`explain query plan ${sql}`, bindings));
    plans.push(plan[0]!.detail);
  }
  expect(plans).toEqual(Array(3).fill(expect.stringMatching(/^SEARCH kit_sagas USING INDEX \w+ \(status=\?/)));
  await database.close();
});
