import { Batch } from './batch';
import type { Entries } from '../ports/entries';
import { integer, table, text } from '../ports/table';
import type { Attempt } from './attempt';

type Account = Readonly<{ id: string; balance: number }>;
const accounts = table<Account>('accounts', { id: text, balance: integer });
const old: Account = { id: 'old', balance: 1 };
const found = async (wanted: Entries) => {
  for (const entry of [...wanted.values()].flat())
    [entry.item, entry.stored] = entry.id === old.id ? [old, true] : [undefined, false];
};

const remove = (id: string) => async (attempt: Attempt) => attempt.rows(accounts).delete(id);
const come = (how: 'add' | 'put', id: string) => async (attempt: Attempt) =>
  attempt.rows(accounts)[how]({ id, balance: 2 });

/** What a batch writes in which these are done one after the other. */
async function writtenBy(...works: readonly ((attempt: Attempt) => Promise<unknown>)[]) {
  const batch = new Batch(found);
  await batch.run(works.map((work) => (each: Batch) => each.attempt(work).then(() => {})));
  return [...batch.writes().rows.values()].flat().map(({ id, item, write }) => ({ id, item, write }));
}

test('a row that is added and deleted again in one batch is not written at all', async () => {
  expect(await writtenBy(come('add', 'new'), remove('new'))).toEqual([]);
});

test.each(['add', 'put'] as const)(
  'a row that was deleted may be %s again, though the database has it',
  async (how) => {
    const both = async (attempt: Attempt) => remove(old.id)(attempt).then(() => come(how, old.id)(attempt));
    for (const works of [[both], [remove(old.id), come(how, old.id)]])
      expect(await writtenBy(...works)).toEqual([{ id: old.id, item: { id: old.id, balance: 2 }, write: 'upsert' }]);
  },
);

test('whoever has read a row that another one deletes reads again', async () => {
  const seen: unknown[] = [];
  const look = async (attempt: Attempt) => {
    seen.push(await attempt.rows(accounts).get(old.id));
    await attempt.rows(accounts).get('another'); // meanwhile it is deleted
  };
  await writtenBy(look, async (attempt) => {
    await attempt.rows(accounts).get(old.id);
    attempt.rows(accounts).delete(old.id);
  });
  expect(seen).toEqual([old, undefined]);
});
