import assert from 'node:assert/strict';
import {
  historyIdOf,
  historyTable,
  inboxIdOf,
  inboxTable,
  parkedTable,
  sagaTable,
  type HistoryRow,
  type InboxRow,
  type OldRow,
  type PurgeStep,
  type Table,
} from '../runtime';
import type { Checks } from './case';
import { same } from './same';
import { aParked, aSaga } from './saga-rows';
import { inserts, look, together, write } from './transacting';
import type { StoresUnderTest } from './under-test';

const at = (ms: number) => new Date(ms);
const upTo = (ms: number, limit: number, after?: OldRow) => ({ before: at(ms), limit, now: at(9_000), after });

/** What is old enough is purged, the oldest first, in bounded steps; what somebody needs is not. */
export const retentionChecks: Checks<StoresUnderTest> = {
  'the oldest rows of the inbox are purged in steps, and what is younger is kept': async ({ stores }) => {
    const ages = { c: 3_000, a: 1_000, e: 5_001, d: 5_000, b: 1_000 };
    const rows = Object.entries(ages).map(([id, ms]) => received('tx', id, { at: at(ms) }));
    await write(stores, inserts(inboxTable, ...rows));
    const first = await stores.retention.inbox(upTo(5_000, 2));
    same(first, { purged: 2, after: { id: 'tx/b', at: at(1_000) } });
    same(await idsIn(stores, inboxTable, rows), ['tx/c', 'tx/e', 'tx/d']);
    same((await stores.retention.inbox(upTo(5_000, 3, first.after))).purged, 2);
    same(await idsIn(stores, inboxTable, rows), ['tx/e']);
    same(await stores.retention.inbox(upTo(5_000, 3)), { purged: 0, after: undefined });
  },

  'the inbox keeps what a process with an open saga has handled, and the undo that came first': async ({ stores }) => {
    for (const saga of ['ORDER', 'REFUND']) await stores.sagaStore.keepDefinition(aDefinition(saga));
    const sagas = [
      aSaga('ORDER', 'open'),
      aSaga('REFUND', 'undoing', { status: 'compensating' }),
      aSaga('ORDER', 'over', { status: 'completed' }),
      aSaga('REFUND', 'over', { status: 'rejected' }),
    ];
    const rows = [
      ...['open', 'undoing', 'over', 'none', 'opener'].map((txId) => received(txId, 'm')),
      received('over', 'undone', { outcome: 'undone' }),
    ];
    await write(stores, together(inserts(sagaTable, ...sagas), inserts(inboxTable, ...rows)));
    const steps = await walk((after) => stores.retention.inbox(upTo(5_000, 2, after)));
    same(steps, 4);
    same(await idsIn(stores, inboxTable, rows), ['open/m', 'undoing/m', 'over/undone']);
  },

  'a saga that has ended is purged with its history; one that is open, or has ended later, never': async ({
    stores,
  }) => {
    const sagas = [
      aSaga('ORDER', 'done', { status: 'completed', updatedAt: at(1_000) }),
      aSaga('ORDER', 'refused', { status: 'rejected', updatedAt: at(5_000) }),
      aSaga('ORDER', 'open', { updatedAt: at(1) }),
      aSaga('ORDER', 'undoing', { status: 'compensating', updatedAt: at(1) }),
      aSaga('ORDER', 'later', { status: 'completed', updatedAt: at(5_001) }),
      aSaga('ORDER_2', 'done', { updatedAt: at(1) }),
    ];
    const history = sagas.flatMap(({ saga, id }) => [1, 2].map((number) => aLine(saga, id.split('/')[1]!, number)));
    await write(stores, together(inserts(sagaTable, ...sagas), inserts(historyTable, ...history)));
    same(await stores.retention.sagas(upTo(5_000, 100)), { sagas: 2, history: 4 });
    const left = ['ORDER/open', 'ORDER/undoing', 'ORDER/later', 'ORDER_2/done'];
    same(await idsIn(stores, sagaTable, sagas), left);
    for (const { id, saga } of sagas)
      same((await stores.sagaStore.history(saga, id.split('/')[1]!)).length, left.includes(id) ? 2 : 0);
    same(await stores.retention.sagas(upTo(5_000, 100)), { sagas: 0, history: 0 });
  },

  'no more sagas are purged at once than was said': async ({ stores }) => {
    const sagas = ['a', 'b', 'c', 'd', 'e'].map((txId, index) =>
      aSaga('ORDER', txId, { status: index % 2 === 0 ? 'completed' : 'rejected', updatedAt: at(index) }),
    );
    await write(stores, inserts(sagaTable, ...sagas));
    const purged: number[] = [];
    for (let steps = 0; steps < 4; steps++) purged.push((await stores.retention.sagas(upTo(5_000, 2))).sagas);
    same(purged, [2, 2, 1, 0]);
  },

  'history that belongs to no saga is purged by itself': async ({ stores }) => {
    const rows = [
      aLine('ORDER', 'gone', 0),
      aLine('ORDER', 'gone', 1, { lastAt: at(5_001) }),
      aLine('ORDER', 'there', 0),
      aLine('ORDER', 'there', 1),
      aLine('MALL', 'there', 0),
    ];
    const saga = aSaga('ORDER', 'there', { status: 'completed' });
    await write(stores, together(inserts(historyTable, ...rows), inserts(sagaTable, saga)));
    same(await walk((after) => stores.retention.history(upTo(5_000, 2, after))), 3);
    same(
      await idsIn(stores, historyTable, rows),
      [rows[1], rows[2], rows[3]].map((row) => row!.id),
    );
  },

  'a parked message is purged when it blocks nobody, and came last long enough ago': async ({ stores }) => {
    const rows = [
      aParked('unreadable'),
      { ...aParked('came again'), lastAt: at(5_001) },
      { ...aParked('blocks'), orderingKey: 'payments|k' },
      { ...aParked('behind'), orderingKey: 'payments|k', reason: 'behind' as const },
      { ...aParked('overtaken'), orderingKey: 'payments|l', overtaken: true },
    ];
    await write(stores, inserts(parkedTable, ...rows));
    same(await walk((after) => stores.retention.parked(upTo(5_000, 2, after))), 3);
    same(await idsIn(stores, parkedTable, rows), ['came again', 'blocks', 'behind']);
  },

  'several that purge at once purge each row once': async ({ stores }) => {
    const rows = Array.from({ length: 300 }, (_, index) => received(`tx-${index}`, 'm'));
    const sagas = rows.map((_, index) => aSaga('ORDER', `${index}`, { status: 'completed' }));
    await write(stores, together(inserts(inboxTable, ...rows), inserts(sagaTable, ...sagas)));
    const purged = { inbox: 0, sagas: 0 };
    const purge = async () => {
      for (let after: OldRow | undefined, isMore = true; isMore;) {
        const step = await stores.retention.inbox(upTo(5_000, 50, after));
        const ended = await stores.retention.sagas(upTo(5_000, 50));
        purged.inbox += step.purged;
        purged.sagas += ended.sagas;
        after = step.after;
        isMore = after !== undefined || ended.sagas > 0;
      }
    };
    await Promise.all([purge(), purge(), purge()]);
    while ((await stores.retention.oldest()).sagas)
      purged.sagas += (await stores.retention.sagas(upTo(5_000, 50))).sagas;
    same(purged, { inbox: 300, sagas: 300 });
    same(await idsIn(stores, inboxTable, rows), []);
    same(await idsIn(stores, sagaTable, sagas), []);
  },

  'how old the oldest rows are is told': async ({ stores }) => {
    same(await stores.retention.oldest(), {
      sagas: undefined,
      history: undefined,
      inbox: undefined,
      parked: undefined,
    });
    const sagas = [
      aSaga('ORDER', 'open', { updatedAt: at(1) }),
      aSaga('ORDER', 'b', { status: 'rejected', updatedAt: at(30) }),
      aSaga('ORDER', 'a', { status: 'completed', updatedAt: at(40) }),
    ];
    const messages = [received('tx', 'b', { at: at(20) }), received('tx', 'a', { at: at(10) })];
    await write(stores, together(inserts(sagaTable, ...sagas), inserts(inboxTable, ...messages)));
    await write(stores, inserts(historyTable, aLine('ORDER', 'a', 1, { at: at(50) })));
    await write(stores, inserts(parkedTable, { ...aParked('a'), at: at(60) }));
    same(await stores.retention.oldest(), { inbox: at(10), sagas: at(30), history: at(50), parked: at(60) });
  },

  'how many rows there are is told, how many of them are old enough, and of sagas only those that have ended': async ({
    stores,
  }) => {
    same(await stores.retention.count(), { sagas: 0, history: 0, inbox: 0, parked: 0 });
    const sagas = [
      aSaga('ORDER', 'open', { updatedAt: at(1) }),
      aSaga('ORDER', 'b', { status: 'rejected', updatedAt: at(30) }),
      aSaga('ORDER', 'a', { status: 'completed', updatedAt: at(40) }),
    ];
    const messages = ['a', 'b', 'c'].map((id, index) => received('tx', id, { at: at(10 * index) }));
    await write(stores, together(inserts(sagaTable, ...sagas), inserts(inboxTable, ...messages)));
    await write(stores, inserts(historyTable, aLine('ORDER', 'a', 1, { at: at(1), lastAt: at(50) })));
    await write(stores, inserts(parkedTable, { ...aParked('a'), at: at(1), lastAt: at(60) }));
    same(await stores.retention.count(), { sagas: 2, history: 1, inbox: 3, parked: 1 });
    const old = (ms: number) =>
      stores.retention.countOld({ sagas: at(ms), history: at(ms), inbox: at(ms), parked: at(ms) });
    same(await old(30), { sagas: 1, history: 0, inbox: 3, parked: 0 });
    same(await old(60), { sagas: 2, history: 1, inbox: 3, parked: 1 });
  },

  'what was purged is noted with it: how much, when, and from when on nothing was': async ({ stores }) => {
    const none = { cutoff: undefined, at: undefined, rows: 0 };
    same(await stores.retention.purges(), { sagas: none, history: none, inbox: none, parked: none });
    const rows = ['a', 'b', 'c'].map((id, index) => received('tx', id, { at: at(index) }));
    const saga = aSaga('ORDER', 'a', { status: 'completed', updatedAt: at(5) });
    await write(stores, together(inserts(sagaTable, saga), inserts(inboxTable, ...rows)));
    await write(stores, inserts(historyTable, aLine('ORDER', 'a', 1), aLine('ORDER', 'a', 2)));
    await stores.retention.inbox({ ...upTo(1, 10), now: at(100) });
    await write(stores, inserts(inboxTable, received('tx', 'late', { at: at(0) })));
    await stores.retention.inbox({ ...upTo(0, 10), now: at(200) }); // by an instance with a longer horizon
    await stores.retention.sagas({ ...upTo(5, 10), now: at(300) });
    same(await stores.retention.purges(), {
      sagas: { cutoff: at(5), at: at(300), rows: 1 },
      history: { cutoff: at(5), at: at(300), rows: 2 },
      inbox: { cutoff: at(1), at: at(200), rows: 3 },
      parked: none,
    });
    await stores.retention.inbox({ ...upTo(2, 10), now: at(400) });
    same((await stores.retention.purges()).inbox, { cutoff: at(2), at: at(400), rows: 4 });
  },
};

/** Steps until there are no more; fails where there is no end to them. */
async function walk(step: (after: OldRow | undefined) => Promise<PurgeStep>): Promise<number> {
  let after: OldRow | undefined;
  for (let steps = 1; steps < 20; steps++) {
    after = (await step(after)).after;
    if (!after) return steps;
  }
  return assert.fail('there is no end to the steps');
}

/** The ids of those that are there still. */
async function idsIn<Item extends { readonly id: string }>(
  stores: StoresUnderTest['stores'],
  table: Table<Item>,
  items: readonly Item[],
): Promise<string[]> {
  const ids = items.map(({ id }) => id);
  const there = await look(stores, table, ids);
  return ids.filter((_, index) => there[index] !== undefined);
}

const received = (txId: string, id: string, values: Partial<InboxRow> = {}): InboxRow => ({
  ...{ id: inboxIdOf({ txId, id }), outcome: 'answered', type: 'Pay', topic: 'payments', causationId: 'cause' },
  ...{ answerTopic: null, answerType: null, answer: null, at: at(1_000) },
  ...values,
});

const aLine = (target: string, txId: string, number: number, values: Partial<HistoryRow> = {}): HistoryRow => ({
  ...{ id: historyIdOf({ target, txId }, 'sent', `message ${number}`), number, direction: 'sent', topic: 'payments' },
  ...{ type: 'Pay', messageId: `message ${number}`, causationId: 'cause', code: null, errorMessage: null },
  ...{ awaited: true, times: 1, at: at(1_000), lastAt: at(1_000) },
  ...values,
});

const aDefinition = (saga: string) => ({ id: `${saga}/v1`, saga, steps: [], stateSchema: {} });
