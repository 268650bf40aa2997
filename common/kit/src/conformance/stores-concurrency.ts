import assert from 'node:assert/strict';
import type { Entry, Session, Table } from '../runtime';
import type { Stores } from '../sql';
import type { Checks } from './case';
import { same } from './same';
import type { StoresUnderTest } from './under-test';
import { aThing, counters, prices, things } from './things';
import { deletes, entriesOf, inserts, load, look, nothing, together, upserts, Worker, write } from './transacting';

/** What transactions are to each other. */
export const concurrencyChecks: Checks<StoresUnderTest> = {
  'transactions that read and write one row lose no update': async ({ stores }) => {
    await write(stores, inserts(counters, { id: 1, count: 0 }));
    await countTogether([await stores.database.open('suite'), await stores.database.open('suite')], 50);
    same(await look(stores, counters, [1]), [{ id: 1, count: 100 }]);
  },

  'whoever loads a row that is being changed gets what became of it': async ({ stores }) => {
    await write(stores, inserts(counters, { id: 1, count: 1 }, { id: 2, count: 1 }));
    const first = await stores.database.open('suite');
    const second = new Worker(await stores.database.open('suite'));
    await load(first, counters, [1, 2]);
    const later = second.transact(async () => {
      const [one, two] = await load(second.session, counters, [1, 2]);
      return upserts(counters, { id: 1, count: one!.count + 1 }, { id: 2, count: two!.count + 1 });
    });
    await turns(stores);
    await first.commit(1, upserts(counters, { id: 1, count: 10 }), []);
    await later;
    same(await look(stores, counters, [1, 2]), [
      { id: 1, count: 11 },
      { id: 2, count: 2 },
    ]);
  },

  'a row of a table without locks is locked for whoever asks for that': async ({ stores }) => {
    await write(stores, inserts(prices, { id: 1, count: 1 }, { id: 2, count: 1 }));
    const first = await stores.database.open('suite');
    const second = new Worker(await stores.database.open('suite'));
    const locked = async (session: Session) => {
      const entries = entriesOf(prices, [1]);
      for (const entry of entries) entry.locked = true;
      await session.load(new Map([[prices, entries]]));
      return entries[0]!.item as { readonly count: number };
    };
    await locked(first);
    const later = second.transact(async () => {
      const { count } = await locked(second.session);
      return upserts(prices, { id: 1, count: count + 1 });
    });
    await turns(stores);
    await first.commit(1, upserts(prices, { id: 1, count: 10 }), []);
    await later;
    same(await look(stores, prices, [1, 2]), [
      { id: 1, count: 11 },
      { id: 2, count: 1 },
    ]);
  },

  'what is only read is seen as whoever had the locks before has left it': async ({ stores }) => {
    await write(stores, together(inserts(prices, { id: 1, count: 1 }), inserts(things, aThing('a'))));
    const first = await stores.database.open('suite');
    const second = await stores.database.open('suite');
    await load(first, things, ['a']);
    const [price, thing] = [entriesOf(prices, [1]), entriesOf(things, ['a'])];
    const later = (async () => {
      await load(second, prices, [2]); // what was read before does not make it see less
      await second.load(
        new Map<Table, Entry[]>([
          [prices, price],
          [things, thing],
        ]),
      );
    })();
    await turns(stores);
    await first.commit(1, upserts(prices, { id: 1, count: 2 }), []);
    await later;
    same(
      [...price, ...thing].map(({ item }) => item),
      [{ id: 1, count: 2 }, aThing('a')],
    );
    await second.rollback();
  },

  'whoever only looks waits for nobody, and sees what was last committed': async ({ stores }) => {
    await write(stores, inserts(counters, { id: 1, count: 1 }));
    const session = await stores.database.open('suite');
    await load(session, counters, [1]);
    same(await look(stores, counters, [1]), [{ id: 1, count: 1 }]);
    same(await stores.outbox.unsent(session.producer, 1), []);
    assert.equal(await stores.sagaStore.parkedCount(), 0);
    const count = await stores.reader.query(async (knex) => knex(counters.name).where({ id: 1 }).pluck('count'));
    same(count.map(Number), [1]);
    await session.commit(1, upserts(counters, { id: 1, count: 2 }), []);
    same(await look(stores, counters, [1]), [{ id: 1, count: 2 }]);
  },
};

/** Every session adds one to counter 1 so many times. */
export async function countTogether(sessions: readonly Session[], times: number): Promise<void> {
  const count = async (session: Session) => {
    const worker = new Worker(session);
    for (let time = 0; time < times; time++)
      await worker.transact(async () => {
        const [counter] = await load(session, counters, [1]);
        return upserts(counters, { id: 1, count: counter!.count + 1 });
      });
  };
  await Promise.all(sessions.map(count));
}

export const rowLockChecks: Checks<StoresUnderTest> = {
  'transactions that load different rows do not wait for each other': async ({ stores }) => {
    await write(stores, inserts(counters, { id: 1, count: 1 }, { id: 2, count: 1 }));
    const [first, second] = [await stores.database.open('suite'), await stores.database.open('suite')];
    await load(first, counters, [1]);
    await load(second, counters, [2]);
    await second.commit(1, upserts(counters, { id: 2, count: 2 }), []);
    await first.commit(1, upserts(counters, { id: 1, count: 2 }), []);
    same(await look(stores, counters, [1, 2]), [
      { id: 1, count: 2 },
      { id: 2, count: 2 },
    ]);
  },

  'of a small table, too, only the rows that are asked for are waited for': async ({ stores }) => {
    const rows = Array.from({ length: 40 }, (_, id) => ({ id, count: 1 }));
    const ids = rows.map(({ id }) => id);
    await write(stores, inserts(counters, ...rows));
    const [first, second] = [await stores.database.open('suite'), await stores.database.open('suite')];
    await load(first, counters, [20, 39]);
    const others = ids.filter((id) => id !== 20 && id !== 39);
    assert.equal((await load(second, counters, others)).length, 38);
    await second.commit(1, deletes(counters, ...others), []);
    await first.rollback();
    same(
      (await look(stores, counters, ids)).filter((row) => row !== undefined),
      [rows[20], rows[39]],
    );
  },

  'rows that are only read block nobody, neither who reads them nor who writes them': async ({ stores }) => {
    await write(stores, inserts(prices, { id: 1, count: 1 }));
    const [first, second] = [await stores.database.open('suite'), await stores.database.open('suite')];
    same(await load(first, prices, [1]), [{ id: 1, count: 1 }]);
    same(await load(second, prices, [1]), [{ id: 1, count: 1 }]);
    await second.commit(1, upserts(prices, { id: 1, count: 2 }), []);
    await first.commit(1, inserts(counters, { id: 1, count: 1 }), []);
    same(await look(stores, prices, [1]), [{ id: 1, count: 2 }]);
  },
};

export const lackOfRowLocks: Checks<StoresUnderTest> = {
  'one transaction is open at a time, and the next one waits': async ({ stores }) => {
    const [first, second] = [await stores.database.open('suite'), await stores.database.open('suite')];
    const events: string[] = [];
    await load(first, counters, [1]);
    const later = load(second, prices, [1]).then(() => events.push('the second has begun'));
    await turns(stores);
    events.push('the first ends');
    await first.commit(1, nothing, []);
    await later;
    await second.rollback();
    same(events, ['the first ends', 'the second has begun']);
  },
};

/** Gives whoever could go on the time to do so: that of some questions to the database. */
export async function turns(stores: Stores): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await new Promise<void>((over) => void setImmediate(over));
    await look(stores, counters, [1]);
  }
}
