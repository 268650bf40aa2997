import fc from 'fast-check';
import { Unprocessable } from '../../unprocessable';
import { Batch, type KeyedTasks } from './batch';
import { type Entries } from '../ports/entries';
import type { Attempt } from './attempt';
import { integer, table, text } from '../ports/table';

type Account = Readonly<{ id: string; balance: number }>;
const accounts = table<Account>('accounts', { id: text, balance: integer });
const others = table<Account>('others', { id: text, balance: integer });

/** A database of rows in memory that notes what it was asked for. */
function aDatabase(rows: readonly Account[] = []) {
  const stored = new Map(rows.map((row) => [row.id, row]));
  const loads: string[][] = [];
  const load = async (wanted: Entries) => {
    loads.push([...wanted].flatMap(([{ name }, entries]) => entries.map(({ id }) => `${name}/${id}`)));
    await Promise.resolve();
    for (const [wantedTable, entries] of wanted)
      for (const entry of entries) {
        const row = wantedTable === accounts ? stored.get(String(entry.id)) : undefined;
        entry.item = row;
        entry.stored = row !== undefined;
      }
  };
  return { loads, load };
}

const attempt =
  (work: (attempt: Attempt) => Promise<unknown>): KeyedTasks =>
  async (batch) => {
    await batch.attempt(work);
  };
const written = (batch: Batch) =>
  Object.fromEntries(
    [...batch.writes().rows].flatMap(([{ name }, entries]) =>
      entries.map(({ id, item, write }) => [
        `${name}/${id}`,
        { write, balance: (item as Account | undefined)?.balance },
      ]),
    ),
  );

test('what tasks wait for at one time is loaded together, and each task runs once', async () => {
  const { load, loads } = aDatabase([{ id: 'a', balance: 1 }]);
  const batch = new Batch(load);
  let runs = 0;
  const look = (id: string) => attempt((attempt) => (runs++, attempt.rows(accounts).get(id)));
  await batch.run([look('a'), look('b'), look('a')]);
  expect(loads).toEqual([['accounts/a', 'accounts/b']]);
  expect(runs).toBe(3);
});

test('one task may wait for several rows at once, in one pause', async () => {
  const { load, loads } = aDatabase([{ id: 'a', balance: 1 }]);
  const batch = new Batch(load);
  const seen: unknown[] = [];
  await batch.run([
    attempt(async (attempt) => {
      const rows = attempt.rows(accounts);
      seen.push(await Promise.all([rows.get('a'), rows.getAll(['b', 'c']), rows.get('a').then(() => rows.get('d'))]));
    }),
    attempt((attempt) => attempt.rows(accounts).get('e')),
  ]);
  expect(seen).toEqual([[{ id: 'a', balance: 1 }, [undefined, undefined], undefined]]);
  expect(loads).toEqual([['accounts/a', 'accounts/b', 'accounts/c', 'accounts/e'], ['accounts/d']]);
});

test('who read what another has changed meanwhile runs again', async () => {
  const { load } = aDatabase([{ id: 'a', balance: 10 }]);
  const batch = new Batch(load);
  let runs = 0;
  const spend = attempt(async (attempt) => {
    runs++;
    const row = (await attempt.rows(accounts).get('a'))!;
    await attempt.rows(others).get('x'); // a pause in which somebody else has a turn
    attempt.rows(accounts).put({ ...row, balance: row.balance - 1 });
  });
  await batch.run([spend, spend, spend]);
  expect(written(batch)).toEqual({ 'accounts/a': { write: 'upsert', balance: 7 } });
  expect(runs).toBeGreaterThan(3);
});

test('however transfers interleave, no money is made or lost, and nobody overdraws', async () => {
  const transfer = fc.record({
    from: fc.integer({ min: 0, max: 4 }),
    to: fc.integer({ min: 0, max: 4 }),
    amount: fc.integer({ min: 1, max: 80 }),
    pauses: fc.integer({ min: 0, max: 2 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(transfer, { maxLength: 60 }), async (transfers) => {
      const { load } = aDatabase([0, 1, 2, 3, 4].map((id) => ({ id: `${id}`, balance: 100 })));
      const batch = new Batch(load);
      const strands = transfers.map(({ from, to, amount, pauses }, index) =>
        attempt(async (attempt) => {
          const rows = attempt.rows(accounts);
          const source = (await rows.get(`${from}`))!;
          for (let pause = 0; pause < pauses; pause++) await attempt.rows(others).get(`${index}-${pause}`);
          if (source.balance < amount) return;
          rows.put({ ...source, balance: source.balance - amount });
          const target = (await rows.get(`${to}`))!;
          rows.put({ ...target, balance: target.balance + amount });
        }),
      );
      await batch.run(strands);
      const changed = written(batch);
      const balances = [0, 1, 2, 3, 4].map((id) => changed[`accounts/${id}`]?.balance ?? 100);
      expect(balances.reduce((sum, balance) => sum + balance, 0)).toBe(500);
      expect(Math.min(...balances)).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 100 },
  );
});

test('a row that was added while a load of it was on its way is not overwritten by that load', async () => {
  const { load } = aDatabase();
  const batch = new Batch(load);
  const seen: unknown[] = [];
  await batch.run([
    attempt(async (attempt) => seen.push(await attempt.rows(accounts).get('new'))),
    attempt(async (attempt) => attempt.rows(accounts).add({ id: 'new', balance: 5 })),
  ]);
  expect(seen).toEqual([{ id: 'new', balance: 5 }]);
  expect(written(batch)).toEqual({ 'accounts/new': { write: 'insert', balance: 5 } });
});

test('of two that add the same row in one batch, the second looks again and finds it', async () => {
  const { load } = aDatabase();
  const batch = new Batch(load);
  const outcomes: string[] = [];
  const claim = attempt(async (attempt) => {
    const known = attempt.checksExisting ? await attempt.rows(accounts).get('key') : undefined;
    if (!known) attempt.rows(accounts).add({ id: 'key', balance: 1 });
    if (known || outcomes.length === 0) outcomes.push(known ? 'found' : 'added');
  });
  await batch.run([claim, claim]);
  expect(outcomes).toEqual(['added', 'found']);
});

test('a careful batch refuses to add what the database has already', async () => {
  const { load } = aDatabase([{ id: 'a', balance: 1 }]);
  const batch = new Batch(load, true);
  const add = attempt(async (attempt) => attempt.rows(accounts).add({ id: 'a', balance: 2 }));
  await expect(batch.run([add])).rejects.toThrow(new Unprocessable('accounts: a is there already'));
});

test('what another process has added together with the row that it was to be recognised by is not taken for a fault', async () => {
  const stored = new Set<string>();
  const batch = new Batch(async (wanted) => {
    for (const [{ name }, entries] of wanted)
      for (const entry of entries) {
        if (name === 'accounts' && entry.id === 'a') stored.add('claim').add('effect'); // it commits while `a` is waited for
        entry.stored = stored.has(String(entry.id));
        entry.item = entry.stored ? { id: entry.id, balance: 1 } : undefined;
      }
  }, true);
  const outcomes: string[] = [];
  await batch.run([
    attempt(async (attempt) => {
      if (await attempt.rows(others).get('claim')) return outcomes.push('known');
      await attempt.rows(accounts).get('a');
      attempt.rows(accounts).add({ id: 'effect', balance: 1 });
      return attempt.rows(others).add({ id: 'claim', balance: 1 });
    }),
  ]);
  expect(outcomes).toEqual(['known']);
  expect(written(batch)).toEqual({});
});

test('what one task throws is thrown to its caller, and the others go on', async () => {
  const { load } = aDatabase([{ id: 'a', balance: 1 }]);
  const batch = new Batch(load);
  const thrown: unknown[] = [];
  const failing: KeyedTasks = async (batch) => {
    await batch
      .attempt(async (attempt) => {
        attempt.rows(accounts).put({ id: 'lost', balance: 1 });
        await attempt.rows(accounts).get('a');
        throw new Error('no');
      })
      .catch((error: Error) => thrown.push(error.message));
  };
  await batch.run([failing, attempt(async (attempt) => attempt.rows(accounts).put({ id: 'kept', balance: 2 }))]);
  expect(thrown).toEqual(['no']);
  expect(Object.keys(written(batch))).toEqual(['accounts/kept']);
});

test('a load that fails ends the batch with its error', async () => {
  const batch = new Batch(async () => {
    throw new Error('gone');
  });
  await expect(batch.run([attempt((attempt) => attempt.rows(accounts).get('a'))])).rejects.toThrow('gone');
});

test('a task that hangs does not hold up whoever abandons the batch, and never gets another turn', async () => {
  const { load, loads } = aDatabase();
  const batch = new Batch(load);
  let wake = () => {};
  const hangs = attempt(async (attempt) => {
    await new Promise<void>((resolve) => (wake = resolve));
    await attempt.rows(accounts).get('late');
  });
  const run = batch.run([hangs]);
  batch.abandon(new Error('too long'));
  await expect(run).rejects.toThrow('too long');
  wake();
  await new Promise((resolve) => setImmediate(resolve));
  expect(loads).toEqual([]);
});

test('a batch that is abandoned while it loads rows ends when they are here', async () => {
  let loaded = () => {};
  const batch = new Batch(() => new Promise<void>((resolve) => (loaded = resolve)));
  const run = batch.run([attempt((attempt) => attempt.rows(accounts).get('a'))]);
  await new Promise((resolve) => setImmediate(resolve));
  batch.abandon(new Error('too long'));
  loaded();
  await expect(run).rejects.toThrow('too long');
});

test('what a task comes to after its batch was abandoned is told to nobody', async () => {
  const { load } = aDatabase();
  const batch = new Batch(load);
  const told: string[] = [];
  let wake = () => {};
  const hangs: KeyedTasks = async (batch) => {
    await batch.attempt(() => new Promise<void>((resolve) => (wake = resolve)));
    told.push('done');
  };
  const run = batch.run([hangs]);
  batch.abandon(new Error('too long'));
  await expect(run).rejects.toThrow('too long');
  wake();
  await new Promise((resolve) => setImmediate(resolve));
  expect(told).toEqual([]);
});
