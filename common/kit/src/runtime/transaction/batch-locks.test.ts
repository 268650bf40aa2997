import { Batch, type KeyedTasks } from './batch';
import { type Entries } from '../ports/entries';
import { integer, table, text } from '../ports/table';

type Account = Readonly<{ id: string; balance: number }>;
const accounts = table<Account>('accounts', { id: text, balance: integer }, { lock: 'none' });
const others = table<Account>('others', { id: text, balance: integer });

/** A row that somebody changes between its being read and its being locked; and who reads it and is slow to decide. */
function aRace() {
  let balance = 1;
  const load = async (wanted: Entries) => {
    for (const entry of wanted.get(accounts) ?? []) {
      if (entry.locked) balance = 5;
      entry.item = { id: 'a', balance };
      entry.stored = true;
    }
  };
  const decided: number[] = [];
  const deciding: KeyedTasks = (batch) =>
    batch.attempt(async (attempt) => {
      const row = await attempt.rows(accounts).get('a');
      for (const id of ['b', 'c']) await attempt.rows(others).get(id);
      decided.push(row!.balance);
    });
  return { batch: new Batch(load), deciding, decided };
}

test('what is locked is loaded once more', async () => {
  const { batch, deciding, decided } = aRace();
  const adding: KeyedTasks = (batch) =>
    batch.attempt(async (attempt) => {
      await attempt.rows(accounts).get('a');
      const row = await attempt.rows(accounts).locked('a');
      attempt.rows(accounts).put({ id: 'a', balance: row!.balance + 1 });
    });
  await batch.run([deciding, adding, adding]);
  expect([...batch.writes().rows].map(([{ name }, [entry]]) => [name, entry!.item])).toEqual([
    ['accounts', { id: 'a', balance: 7 }],
  ]);
  expect(decided).toEqual([1, 7]);
});

test('who has decided by what a row was before it was locked decides anew', async () => {
  const { batch, deciding, decided } = aRace();
  await batch.run([
    deciding,
    (batch) =>
      batch.attempt(async (attempt) => {
        await attempt.rows(accounts).get('a');
        await attempt.rows(accounts).locked('a');
      }),
  ]);
  expect(decided).toEqual([1, 5]);
});
