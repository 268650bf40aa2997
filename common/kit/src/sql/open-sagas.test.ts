import { openSqlite } from './sqlite/sqlite';
import type { Stores } from './stores';

/** How the database does what stores ask of it. */
async function plansOf(ask: (stores: Stores) => Promise<void>): Promise<string[]> {
  const stores = await openSqlite({ file: ':memory:', migrations: [] });
  const { reader, database } = stores;
  const asked: { readonly sql: string; readonly bindings: readonly string[] }[] = [];
  await reader.query(async (knex) => void knex.on('query', (query) => asked.push(query)));
  await ask(stores);
  const plans: string[] = [];
  for (const { sql, bindings } of asked.splice(0)) {
    const plan = await reader.query<{ detail: string }[]>((knex) => knex.raw(`explain query plan ${sql}`, bindings));
    plans.push(plan.map(({ detail }) => detail).join('; '));
  }
  await database.close();
  return plans;
}

test('who asks where open sagas stand does not go through those that have ended', async () => {
  const plans = await plansOf(async ({ sagaStore }) => {
    await sagaStore.standing(['ORDER', 'REFUND']);
    await sagaStore.open('ORDER');
    await sagaStore.needsOperatorCount();
  });
  expect(plans).toEqual(Array(3).fill(expect.stringMatching(/^SEARCH kit_sagas USING INDEX \w+ \(status=\?/)));
});

test('sagas that are due, or old enough to be purged, are found without a look at others, and without sorting', async () => {
  const now = new Date(1_000_000);
  const plans = await plansOf(async ({ sagaStore, retention }) => {
    await sagaStore.due(['ORDER'], now, 10);
    await sagaStore.due(['ORDER'], now, 10, { saga: 'ORDER', txId: 'a', attempts: 1, dueAt: now });
    await retention.sagas({ before: now, limit: 10, now });
  });
  expect(plans).toEqual([
    'SEARCH kit_sagas USING INDEX kit_sagas_due_slot_id_index (due_slot<?)',
    'SEARCH kit_sagas USING INDEX kit_sagas_due_slot_id_index (due_slot>? AND due_slot<?)',
    ...Array(2).fill('SEARCH kit_sagas USING INDEX kit_sagas_status_updated_slot_index (status=? AND updated_slot<?)'),
  ]);
});
