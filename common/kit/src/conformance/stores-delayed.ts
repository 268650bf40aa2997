import { delayedEventTable, type DelayedEvent, type DelayedEventRow } from '../runtime';
import type { Checks } from './case';
import { same } from './same';
import { deletes, inserts, load, write } from './transacting';
import type { StoresUnderTest } from './under-test';

const at = (ms: number) => new Date(ms);

/** What is to be sent at a time of its own waits in a row, and is found when that has come. */
export const delayedChecks: Checks<StoresUnderTest> = {
  'delayed events that are due are found, the longest overdue first, with the size of their messages': async ({
    stores,
  }) => {
    const rows = [aDelayed('c', 3_000), aDelayed('a', 1_000), aDelayed('later', 5_001), aDelayed('b', 5_000, 1_000)];
    await write(stores, inserts(delayedEventTable, ...rows));
    const now = at(5_000);
    const first = await stores.outbox.delayedDue(now, 2);
    same(first, [
      { id: 'a', dueAt: at(1_000), bytes: 4 },
      { id: 'c', dueAt: at(3_000), bytes: 4 },
    ]);
    same(await stores.outbox.delayedDue(now, 2, first.at(-1)), [{ id: 'b', dueAt: at(5_000), bytes: 1_000 }]);
    same(await stores.outbox.delayedDue(at(999), 100), []);
  },

  'delayed events that are due at the same time are gone through page by page, each once': async ({ stores }) => {
    const rows = ['c', 'a', 'e', 'b', 'd'].map((id) => aDelayed(id, 1_000));
    await write(stores, inserts(delayedEventTable, ...rows));
    const found: DelayedEvent[] = [];
    for (let pages = 0; pages < 3; pages++) found.push(...(await stores.outbox.delayedDue(at(1_000), 2, found.at(-1))));
    same(
      found.map(({ id }) => id),
      ['a', 'b', 'c', 'd', 'e'],
    );
    same(await stores.outbox.delayedDue(at(1_000), 2, found.at(-1)), []);
  },

  'delayed events are counted, and when the first is due': async ({ stores }) => {
    same(await stores.outbox.delayedCount(), { waiting: 0, firstDueAt: undefined });
    await write(stores, inserts(delayedEventTable, aDelayed('b', 2_000), aDelayed('a', 1_000), aDelayed('c', 3_000)));
    same(await stores.outbox.delayedCount(), { waiting: 3, firstDueAt: at(1_000) });
    await write(stores, deletes(delayedEventTable, 'a', 'nobody'));
    same(await stores.outbox.delayedCount(), { waiting: 2, firstDueAt: at(2_000) });
  },

  'a delayed event is kept as it is, byte by byte': async ({ stores }) => {
    const row = { ...aDelayed('a', 8.64e15), value: Buffer.from([0, 255, 39, 92, 10]) };
    await write(stores, inserts(delayedEventTable, row));
    const session = await stores.database.open('one');
    same(await load(session, delayedEventTable, ['a', 'b']), [row, undefined]);
    await session.rollback();
    await session.close();
  },
};

export const aDelayed = (id: string, dueMs: number, bytes = 4): DelayedEventRow => ({
  id,
  topic: 'orders',
  dueAt: at(dueMs),
  value: Buffer.alloc(bytes, 1),
  type: 'PaymentOverdue',
  target: 'ORDER',
  txId: 'tx-1',
  causationId: 'cause',
  addedAt: at(500),
  traceparent: null,
});
