import { auditTable, delayedEventTable, parkedTable, pausedTopicTable, sagaTable } from '../runtime';
import type { Checks } from './case';
import { same } from './same';
import { aDelayed } from './stores-delayed';
import { aParked, aSaga } from './saga-rows';
import { deletes, inserts, write } from './transacting';
import type { StoresUnderTest } from './under-test';

/** What whoever is on call looks for. */
export const operatorChecks: Checks<StoresUnderTest> = {
  'sagas are listed by their ids, page by page, and by what is said of them': async ({ stores }) => {
    const rows = [
      aSaga('ORDER', 'c', { status: 'rejected' }),
      aSaga('ORDER', 'a', { needsOperator: true }),
      aSaga('ORDER', 'b', { step: 'Ship' }),
      aSaga('REFUND', 'a', { paused: true }),
    ];
    await write(stores, inserts(sagaTable, ...rows));
    const ids = async (...on: Parameters<typeof stores.sagaStore.list>) =>
      (await stores.sagaStore.list(...on)).map(({ id }) => id);
    same(await ids({}, 10), ['ORDER/a', 'ORDER/b', 'ORDER/c', 'REFUND/a']);
    same(await ids({}, 2), ['ORDER/a', 'ORDER/b']);
    same(await ids({ after: 'ORDER/b' }, 2), ['ORDER/c', 'REFUND/a']);
    same(await ids({ saga: 'ORDER', status: 'running' }, 10), ['ORDER/a', 'ORDER/b']);
    same(await ids({ step: 'Ship' }, 10), ['ORDER/b']);
    same(await ids({ needsOperator: true }, 10), ['ORDER/a']);
    same(await ids({ needsOperator: false, saga: 'ORDER' }, 10), ['ORDER/b', 'ORDER/c']);
    same(await ids({ paused: true }, 10), ['REFUND/a']);
    same(await ids({ paused: false, status: 'running' }, 10), ['ORDER/a', 'ORDER/b']);
    same((await stores.sagaStore.list({ saga: 'REFUND' }, 1))[0], rows[3]);
  },

  'what operators have done is told, the latest first, page by page': async ({ stores }) => {
    const act = (id: string) => ({
      ...{ id, at: new Date(1_000), who: 'Ada', verb: 'retry', subject: 'saga ORDER/a', reason: 'it is “back”' },
      txId: id === '3' ? null : 'a',
      before: { status: 'running', attempts: 20, code: null },
      after: id === '2' ? null : { status: 'running', attempts: 1, code: null },
    });
    await write(stores, inserts(auditTable, act('2'), act('1'), act('3')));
    same(await stores.sagaStore.audit(2), [act('3'), act('2')]);
    same(await stores.sagaStore.audit(2, '2'), [act('1')]);
    same(await stores.sagaStore.acts('a'), [act('1'), act('2')]);
    same(await stores.sagaStore.acts('b'), []);
  },

  'parked messages are listed by their ids, page by page, and by what is said of them': async ({ stores }) => {
    const rows = [
      { ...aParked('b'), reason: 'behind' as const, orderingKey: 'payments|k' },
      { ...aParked('a'), orderingKey: 'payments|k' },
      { ...aParked('c'), topic: 'orders' },
    ];
    await write(stores, inserts(parkedTable, ...rows));
    const ids = async (...on: Parameters<typeof stores.sagaStore.parked>) =>
      (await stores.sagaStore.parked(...on)).map(({ id }) => id);
    same(await ids({}, 10), ['a', 'b', 'c']);
    same(await ids({ after: 'a' }, 1), ['b']);
    same(await ids({ orderingKey: 'payments|k' }, 10), ['a', 'b']);
    same(await ids({ reason: 'behind' }, 10), ['b']);
    same(await ids({ topic: 'orders' }, 10), ['c']);
    same((await stores.sagaStore.parked({ id: 'a' }, 1))[0], rows[1]);
  },

  'of the open sagas the one that began first is told by saga and step, and how many are paused': async ({
    stores,
  }) => {
    const begun = (saga: string, txId: string, ms: number, values: Parameters<typeof aSaga>[2] = {}) =>
      aSaga(saga, txId, { startedAt: new Date(ms), ...values });
    same([await stores.sagaStore.oldest(), await stores.sagaStore.pausedCount()], [[], 0]);
    const rows = [
      begun('ORDER', 'a', 3_000, { paused: true }),
      begun('ORDER', 'b', 2_000, { status: 'compensating' }),
      begun('ORDER', 'c', 1_000, { status: 'rejected' }),
      begun('ORDER', 'd', 4_000, { step: 'Ship', paused: true }),
      begun('REFUND', 'a', 5_000),
    ];
    await write(stores, inserts(sagaTable, ...rows));
    const oldest = [...(await stores.sagaStore.oldest())].map((each) => Object.values(each).join(' '));
    const told = (saga: string, step: string, ms: number) => [saga, step, new Date(ms)].join(' ');
    same(oldest.sort(), [told('ORDER', 'Pay', 2_000), told('ORDER', 'Ship', 4_000), told('REFUND', 'Pay', 5_000)]);
    same(await stores.sagaStore.pausedCount(), 2);
  },

  'topics that are paused are told by their names, with who has paused them, until they are not': async ({
    stores,
  }) => {
    const paused = (topic: string) => ({ topic, who: 'Ada', reason: 'the bank is “away”', at: new Date(1_000) });
    same(await stores.sagaStore.pausedTopics(), []);
    await write(stores, inserts(pausedTopicTable, paused('payments'), paused('orders')));
    same(await stores.sagaStore.pausedTopics(), [paused('orders'), paused('payments')]);
    await write(stores, deletes(pausedTopicTable, 'orders', 'nobody'));
    same(await stores.sagaStore.pausedTopics(), [paused('payments')]);
  },

  'timers that are due are counted, and when the next is due, of sagas and of delayed events': async ({ stores }) => {
    const timers = (ms: number) => stores.sagaStore.timers(new Date(ms));
    same(await timers(0), { due: 0, nextAt: undefined });
    const saga = (txId: string, dueAt: number | null) =>
      aSaga('ORDER', txId, { dueAt: dueAt === null ? null : new Date(dueAt) });
    await write(stores, inserts(sagaTable, saga('a', 1_000), saga('b', 4_000), saga('ended', null)));
    await write(stores, inserts(delayedEventTable, aDelayed('a', 1_000), aDelayed('b', 3_000)));
    same(await timers(999), { due: 0, nextAt: new Date(1_000) });
    same(await timers(1_000), { due: 2, nextAt: new Date(3_000) });
    same(await timers(3_000), { due: 3, nextAt: new Date(4_000) });
    same(await timers(4_000), { due: 4, nextAt: undefined });
  },
};
