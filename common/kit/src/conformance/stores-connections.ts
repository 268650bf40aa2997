import assert from 'node:assert/strict';
import type { Checks } from './case';
import { same } from './same';
import type { StoresUnderTest } from './under-test';
import { counters } from './things';
import { faultOf, inserts, load, look, nothing, upserts, write } from './transacting';
import { until } from './until';

/** What is left when connections are cut. */
export const connectionChecks: Checks<StoresUnderTest> = {
  'a transaction whose connection is lost is undone, and the session connects anew': async ({ stores, cut }) => {
    await write(stores, inserts(counters, { id: 1, count: 1 }));
    const session = await stores.database.open('one');
    await load(session, counters, [1]);
    await cut!();
    assert.equal(await faultOf(session.commit(1, upserts(counters, { id: 1, count: 2 }), [])), 'lost');
    assert.equal(await session.wasCommitted(1), false);
    same(await load(session, counters, [1]), [{ id: 1, count: 1 }]);
    await session.commit(2, upserts(counters, { id: 1, count: 3 }), []);
    same(await look(stores, counters, [1]), [{ id: 1, count: 3 }]);
  },

  'a session that has lost its connection goes on after a rollback': async ({ stores, cut }) => {
    const session = await stores.database.open('one');
    await session.commit(1, nothing, []);
    await cut!();
    assert.equal(await faultOf(load(session, counters, [1])), 'lost');
    await session.rollback();
    assert.equal(await session.wasCommitted(1), true);
    await session.commit(2, inserts(counters, { id: 1, count: 1 }), []);
    same(await look(stores, counters, [1]), [{ id: 1, count: 1 }]);
  },

  'an instance lock that hangs on a connection is lost with it, once, and can be taken again': async ({
    stores,
    cut,
  }) => {
    let lost = 0;
    assert.ok(await stores.instanceLocks.take('one', () => lost++));
    await cut!();
    await until('the instance lock is lost', () => lost > 0);
    const instanceLock = await stores.instanceLocks.take('one', () => {});
    assert.ok(instanceLock, 'it can be taken again');
    await instanceLock.leave();
    assert.equal(lost, 1);
  },
};

export const lackOfConnections: Checks<StoresUnderTest> = {
  'there is no connection to lose': async ({ cut }) => {
    assert.equal(cut, undefined, 'connections can be cut: test what is left then');
  },
};
