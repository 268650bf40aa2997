import assert from 'node:assert/strict';
import type { Checks } from './case';
import { same } from './same';
import type { StoresUnderTest } from './under-test';
import { aThing, counters, marks, names, things } from './things';
import {
  deletes,
  entriesOf,
  faultOf,
  inserts,
  load,
  look,
  nothing,
  outboxOf,
  together,
  upserts,
  Worker,
  write,
} from './transacting';

/** What a transaction is. */
export const transactionChecks: Checks<StoresUnderTest> = {
  'a row can be inserted, put, put over another one, and deleted': async ({ stores }) => {
    const worker = new Worker(await stores.database.open('suite'));
    const [a, b, c] = [aThing('a'), aThing('b', { order: 1 }), aThing('c')];
    await worker.transact(() => together(inserts(things, a, b), upserts(things, c)));
    same(await look(stores, things, ['c', 'a', 'b', 'd']), [c, a, b, undefined]);
    const over = { ...b, order: 2, needed: 'over' };
    await worker.transact(() =>
      together(upserts(things, over), deletes(things, 'a', 'nobody'), inserts(things, aThing('d'))),
    );
    same(await look(stores, things, ['a', 'b', 'c', 'd']), [undefined, over, c, aThing('d')]);
    same(await load(worker.session, things, ['b', 'a']), [over, undefined]);
    await worker.session.rollback();
  },

  'a row that was deleted is there for nobody, and its id can be inserted again': async ({ stores }) => {
    const worker = new Worker(await stores.database.open('suite'));
    await write(stores, inserts(things, aThing('a', { order: 1 })));
    await worker.transact(async () => {
      same(await load(worker.session, things, ['a']), [aThing('a', { order: 1 })]);
      return deletes(things, 'a');
    });
    same(await load(worker.session, things, ['a']), [undefined]);
    await worker.session.rollback();
    await worker.transact(() => deletes(things, 'a')); // there is none any more
    await worker.transact(() => inserts(things, aThing('a', { order: 2 })));
    same(await look(stores, things, ['a']), [aThing('a', { order: 2 })]);
    const session = await stores.database.open('suite');
    const duplicate = together(deletes(things, 'a'), inserts(counters, { id: 1, count: 1 }, { id: 1, count: 2 }));
    assert.equal(await faultOf(session.commit(1, duplicate, [])), 'duplicate');
    await session.rollback();
    same(await look(stores, things, ['a']), [aThing('a', { order: 2 })], 'a deletion that was rolled back');
  },

  'rows of several tables are written together, and an entry that nobody wrote is left alone': async ({ stores }) => {
    const worker = new Worker(await stores.database.open('suite'));
    await write(stores, inserts(things, aThing('read')));
    const read = new Map([[things, entriesOf(things, ['read', 'unknown'])]]);
    await worker.transact(async () => {
      await worker.session.load(read);
      return together(
        inserts(counters, { id: 1, count: 1 }),
        read,
        inserts(marks, { id: 'm' }),
        inserts(things, aThing('t')),
      );
    });
    same(await look(stores, things, ['read', 'unknown', 't']), [aThing('read'), undefined, aThing('t')]);
    same(await look(stores, counters, [1]), [{ id: 1, count: 1 }]);
    same(await look(stores, marks, ['m']), [{ id: 'm' }]);
  },

  'a row that is nothing but its id can be put twice': async ({ stores }) => {
    await write(stores, upserts(marks, { id: 'm' }));
    await write(stores, upserts(marks, { id: 'm' }));
    same(await look(stores, marks, ['m']), [{ id: 'm' }]);
  },

  'what is written together is seen together': async ({ stores }) => {
    const worker = new Worker(await stores.database.open('suite'));
    await write(stores, inserts(counters, { id: 1, count: 0 }, { id: 2, count: 0 }));
    const times = 30;
    const writing = async () => {
      for (let count = 1; count <= times; count++)
        await worker.transact(() => upserts(counters, { id: 1, count }, { id: 2, count }));
    };
    const looking = async () => {
      for (let looks = 0, seen = 0; looks < 100; looks++) {
        const [one, two] = await look(stores, counters, [1, 2]);
        assert.equal(one!.count, two!.count);
        assert.ok(one!.count >= seen, 'what was seen once stays');
        seen = one!.count;
        await new Promise<void>((turn) => void setImmediate(turn));
      }
    };
    await Promise.all([writing(), looking()]);
    same(await look(stores, counters, [1]), [{ id: 1, count: times }]);
  },

  'a row that is added and there already is a duplicate, and nothing of its transaction stands': async ({ stores }) => {
    const session = await stores.database.open('suite');
    await write(stores, inserts(things, aThing('there', { order: 1 })));
    const rows = together(
      inserts(counters, { id: 1, count: 1 }),
      inserts(things, aThing('new'), aThing('there', { order: 2 }), aThing('newer')),
      inserts(marks, { id: 'm' }),
    );
    const seen = async () => ({
      things: await look(stores, things, ['there', 'new', 'newer']),
      others: [...(await look(stores, counters, [1])), ...(await look(stores, marks, ['m']))],
      unsent: await stores.outbox.unsent(session.producer, 10),
    });
    const before = await seen();
    assert.equal(await faultOf(session.commit(1, rows, outboxOf(0, 'a'))), 'duplicate');
    same(await seen(), before, 'before it is rolled back');
    await session.rollback();
    same(await seen(), before);
    assert.equal(await session.wasCommitted(1), false);
    await session.commit(2, inserts(things, aThing('new')), []);
    same(await look(stores, things, ['new']), [aThing('new')]);
  },

  'a row is not put over another one that has what it may not have as well': async ({ stores }) => {
    await write(stores, inserts(names, { id: 1, name: 'a' }, { id: 2, name: 'b' }));
    const session = await stores.database.open('suite');
    for (const row of [
      { id: 3, name: 'a' },
      { id: 2, name: 'a' },
    ]) {
      const fault = await faultOf(session.commit(1, upserts(names, { id: 4, name: 'd' }, row), []));
      assert.ok(fault === 'duplicate' || fault === 'refused', `it is ${fault}`);
      await session.rollback();
    }
    const rows = [{ id: 1, name: 'a' }, { id: 2, name: 'b' }, undefined, undefined];
    same(await look(stores, names, [1, 2, 3, 4]), rows);
  },

  'what a table does not take is refused, and nothing of its transaction stands': async ({ stores }) => {
    const session = await stores.database.open('suite');
    const rows = inserts(things, aThing('fits'), aThing('fits not', { needed: null as never }));
    assert.equal(await faultOf(session.commit(1, rows, outboxOf(0, 'a'))), 'refused');
    await session.rollback();
    same(await look(stores, things, ['fits', 'fits not']), [undefined, undefined]);
    same(await stores.outbox.unsent(session.producer, 10), []);
    await session.commit(2, inserts(things, aThing('fits')), []);
    same(await look(stores, things, ['fits']), [aThing('fits')]);
  },

  'a transaction that is rolled back, or whose session is closed, lets others go on': async ({ stores }) => {
    await write(stores, inserts(counters, { id: 1, count: 1 }));
    const [first, second] = [await stores.database.open('suite'), await stores.database.open('suite')];
    await load(first, counters, [1]);
    await first.rollback();
    await first.rollback(); // there is none any more
    await load(second, counters, [1]);
    await second.close();
    await write(stores, upserts(counters, { id: 1, count: 2 }));
    same(await look(stores, counters, [1]), [{ id: 1, count: 2 }]);
  },

  'a transaction that was committed stays so': async ({ stores }) => {
    const [session, other] = [await stores.database.open('suite'), await stores.database.open('suite')];
    await session.commit(1, inserts(things, aThing('a')), []);
    await session.commit(2, nothing, outboxOf(0, 'a'));
    await other.commit(3, nothing, []);
    for (const unit of [1, 2, 1]) assert.equal(await session.wasCommitted(unit), true);
    for (const unit of [1, 2]) assert.equal(await other.wasCommitted(unit), false, 'producers count for themselves');
    await session.commit(3, inserts(things, aThing('b')), []);
    same(await look(stores, things, ['a', 'b']), [aThing('a'), aThing('b')]);
  },

  'a transaction that was asked for and not committed never will be': async ({ stores }) => {
    const [session, other] = [await stores.database.open('suite'), await stores.database.open('suite')];
    await load(session, things, ['a']);
    for (let time = 0; time < 3; time++) {
      assert.equal(await session.wasCommitted(1), false, 'however often it is asked for');
      await session.rollback();
    }
    assert.equal(await faultOf(session.commit(1, inserts(things, aThing('a')), outboxOf(0, 'a'))), 'duplicate');
    await session.rollback();
    same(await look(stores, things, ['a']), [undefined]);
    same(await stores.outbox.unsent(session.producer, 10), []);
    await other.commit(1, inserts(things, aThing('b')), []);
    await session.commit(2, inserts(things, aThing('c')), []);
    same(await look(stores, things, ['a', 'b', 'c']), [undefined, aThing('b'), aThing('c')]);
  },
};
