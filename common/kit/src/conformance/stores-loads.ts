import { randomBytes } from 'node:crypto';
import type { Checks } from './case';
import { same } from './same';
import type { StoresUnderTest } from './under-test';
import { aThing, counters, exceptions, things, type Counted } from './things';
import { deletes, entriesOf, inserts, load, look, outboxOf, together, upserts, Worker, write } from './transacting';

/** Few rows, many rows, and tables that are nearly always empty. */
export const loadChecks: Checks<StoresUnderTest> = {
  ...Object.fromEntries(
    [0, 3, 1_000, 1_001, 1_200].map((count) => [
      `a sparse table with ${count} rows gives the rows that are asked for`,
      ({ stores }: StoresUnderTest) => findsIn(stores, count),
    ]),
  ),

  'of a sparse table without any row, that is known of what was asked for': async ({ stores }) => {
    const session = await stores.database.open('suite');
    const isEmpty = async () => {
      const entries = entriesOf(exceptions, [1, 2]);
      await session.load(new Map([[exceptions, entries]]));
      await session.rollback();
      return entries.map(({ tableIsEmpty }) => tableIsEmpty);
    };
    same(await isEmpty(), [true, true]);
    await write(stores, inserts(exceptions, { id: 3, count: 1 }));
    same(await isEmpty(), [false, false]);
  },

  'many rows are written and loaded in one transaction': async ({ stores }) => {
    const worker = new Worker(await stores.database.open('suite'));
    const ids = numbersTo(1_500);
    const rows = ids.map((id) => ({ id, count: id * 2 }));
    const outbox = outboxOf(0, ...ids.map(String));
    await worker.transact(() => inserts(counters, ...rows), outbox);
    const asked = [...ids, 5_000, 6_000].reverse();
    const expected = [undefined, undefined, ...[...rows].reverse()];
    same(await load(worker.session, counters, asked), expected);
    await worker.session.rollback();
    same(await look(stores, counters, asked), expected);
    same(await stores.outbox.unsent(worker.session.producer, 2_000), outbox);
    await worker.transact(() => deletes(counters, ...ids.slice(1)));
    same(await look(stores, counters, [1, 2, 1_500]), [rows[0], undefined, undefined]);
  },

  'what is written in one transaction may be larger than a server takes at once': async ({ stores }) => {
    const rows = numbersTo(12).map((number) => aThing(`thing-${number}`, { bytes: randomBytes(800_000) }));
    const ids = rows.map(({ id }) => id);
    const worker = new Worker(await stores.database.open('suite'));
    await worker.transact(() => together(inserts(things, ...rows.slice(0, 6)), upserts(things, ...rows.slice(6))));
    same(await load(worker.session, things, ids), rows);
    await worker.session.rollback();
  },

  'rows of several tables are loaded together': async ({ stores }) => {
    await write(stores, together(inserts(counters, { id: 1, count: 1 }), inserts(exceptions, { id: 1, count: 2 })));
    const session = await stores.database.open('suite');
    same(await load(session, counters, [1]), [{ id: 1, count: 1 }]);
    same(await load(session, exceptions, [1, 2]), [{ id: 1, count: 2 }, undefined]);
    await session.rollback();
  },
};

async function findsIn(stores: StoresUnderTest['stores'], count: number): Promise<void> {
  const rows = numbersTo(count).map((id): Counted => ({ id, count: id * 2 }));
  await write(stores, inserts(exceptions, ...rows));
  const ids = [2, 1_200, 1, 1_001, 1_000, 0, 3];
  const expected = ids.map((id) => rows[id - 1]);
  const session = await stores.database.open('suite');
  same(await load(session, exceptions, ids), expected);
  await session.rollback();
  same(await look(stores, exceptions, ids), expected);
}

const numbersTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
