import assert from 'node:assert/strict';
import type { Checks } from './case';
import { same } from './same';
import type { StoresUnderTest } from './under-test';

/** An instance's name is held by one at a time. */
export const seatChecks: Checks<StoresUnderTest> = {
  'an instance lock has one holder, and is free when that one leaves': async ({ stores: { instanceLocks } }) => {
    let lost = 0;
    const take = () => instanceLocks.take('one', () => lost++);
    const instanceLock = await take();
    assert.ok(instanceLock);
    same([await take(), await take()], [undefined, undefined]);
    await instanceLock.leave();
    const next = await take();
    assert.ok(next, 'it is free');
    assert.equal(await take(), undefined);
    await next.leave();
    assert.equal(lost, 0, 'an instance lock that was left is not lost');
  },

  'of those who want an instance lock at the same time, one gets it': async ({ stores: { instanceLocks } }) => {
    const takers = await Promise.all(Array.from({ length: 6 }, () => instanceLocks.take('one', () => {})));
    const taken = takers.filter((instanceLock) => instanceLock !== undefined);
    assert.equal(taken.length, 1);
    await taken[0]!.leave();
  },

  'instance locks of different names have nothing to do with each other': async ({ stores: { instanceLocks } }) => {
    const names = [
      'order-1',
      'order-2',
      'order-10',
      'Order-1',
      'o',
      '../order-1',
      'a/b',
      "it's",
      'a b',
      'x'.repeat(100),
      `${'x'.repeat(99)}y`,
    ];
    const taken = await Promise.all(names.map((name) => instanceLocks.take(name, () => {})));
    for (const [index, instanceLock] of taken.entries()) assert.ok(instanceLock, `${names[index]} is free`);
    await taken[0]!.leave();
    for (const name of names.slice(1))
      assert.equal(await instanceLocks.take(name, () => {}), undefined, `${name} is taken`);
    for (const instanceLock of taken.slice(1)) await instanceLock!.leave();
  },
};
