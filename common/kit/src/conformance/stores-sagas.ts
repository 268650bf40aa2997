import assert from 'node:assert/strict';
import {
  historyTable,
  orderingKeyTable,
  parkedTable,
  sagaTable,
  slotMs,
  type OverdueSaga,
  type ParkedRow,
  type SagaRow,
} from '../runtime';
import type { Checks } from './case';
import { same } from './same';
import type { StoresUnderTest } from './under-test';
import { inserts, together, upserts, write } from './transacting';
import { aDefinition, aLine, aParked, aSaga, aSagaWith } from './saga-rows';

/** What can be seen of all sagas. */
export const ledgerChecks: Checks<StoresUnderTest> = {
  'waits that are over are found, the longest overdue first': async ({ stores }) => {
    const due = (txId: string, dueAt: number | null, attempts = 1) =>
      aSaga('ORDER', txId, { dueAt: dueAt === null ? null : new Date(dueAt), attempts });
    const rows = [
      due('c', 30_000),
      due('a', 10_000, 4),
      due('e', 50_001),
      due('never', null),
      due('d', 50_000),
      due('b', 20_000),
    ];
    await write(stores, inserts(sagaTable, ...rows, aSaga('a/b', 'x', { dueAt: new Date(10), attempts: 2 })));
    const now = new Date(50_000);
    const sagas = ['ORDER', 'a/b'];
    const first = await stores.sagaStore.due(sagas, now, 3);
    same(first, [
      { saga: 'a/b', txId: 'x', attempts: 2, dueAt: new Date(10) },
      { saga: 'ORDER', txId: 'a', attempts: 4, dueAt: new Date(10_000) },
      { saga: 'ORDER', txId: 'b', attempts: 1, dueAt: new Date(20_000) },
    ]);
    const ids = (found: readonly { txId: string }[]) => found.map(({ txId }) => txId);
    same(ids(await stores.sagaStore.due(sagas, now, 100)), ['x', 'a', 'b', 'c', 'd']);
    same(ids(await stores.sagaStore.due(sagas, now, 100, first.at(-1))), ['c', 'd']);
    same(ids(await stores.sagaStore.due(['a/b', 'NOBODY'], now, 100)), ['x']);
  },

  'waits that are over at the same time are gone through page by page, each once': async ({ stores }) => {
    const rows = ['c', 'a', 'e', 'b', 'd'].map((txId) => aSaga('ORDER', txId, { dueAt: new Date(1_000) }));
    await write(stores, inserts(sagaTable, ...rows));
    const found: OverdueSaga[] = [];
    for (let pages = 0; pages < 3; pages++)
      found.push(...(await stores.sagaStore.due(['ORDER'], new Date(1_000), 2, found.at(-1))));
    same(
      found.map(({ txId }) => txId),
      ['a', 'b', 'c', 'd', 'e'],
    );
    same(await stores.sagaStore.due(['ORDER'], new Date(1_000), 2, found.at(-1)), []);
  },

  'open sagas are counted by their definition and where they stand': async ({ stores }) => {
    const standing = (version: string, step: string, status: SagaRow['status'] = 'running') => ({
      version,
      step,
      status,
    });
    const rows = [
      standing('v1', 'Pay'),
      standing('v1', 'Pay', 'compensating'),
      standing('v1', 'Ship'),
      standing('v2', 'Pay'),
      standing('v1', 'Pay', 'completed'),
      standing('v3', 'Pay', 'rejected'),
    ].map((row, index) => aSaga('ORDER', `${index}`, row));
    await write(stores, inserts(sagaTable, ...rows, aSaga('REFUND', '0', standing('v1', 'Pay'))));
    const standings = await stores.sagaStore.standing(['ORDER', 'NOBODY']);
    same(standings.map(({ saga, status, step, count }) => `${saga} ${status} ${step} ${count}`).sort(), [
      'ORDER compensating Pay 1',
      'ORDER running Pay 2',
      'ORDER running Ship 1',
    ]);
    same(await stores.sagaStore.standing([]), []);
    const open = await stores.sagaStore.open('ORDER');
    same(open.map(({ version, step, count }) => `${version} ${step} ${count}`).sort(), [
      'v1 Pay 2',
      'v1 Ship 1',
      'v2 Pay 1',
    ]);
    same(await stores.sagaStore.open('NOBODY'), []);
  },

  'a definition is kept once, as it was first': async ({ stores: { sagaStore } }) => {
    const first = aDefinition('ORDER', 'v1', ['prepare Pay Refund', "finish It's nothing"]);
    const second = aDefinition('ORDER', 'v2', []);
    await Promise.all(Array.from({ length: 5 }, () => sagaStore.keepDefinition(first)));
    await sagaStore.keepDefinition({ ...first, steps: ['finish Pay nothing'] });
    await sagaStore.keepDefinition(second);
    await sagaStore.keepDefinition(aDefinition('ORDERS', 'v1', []));
    const known = await sagaStore.definitions('ORDER');
    same(
      [...known].sort((a, b) => (a.id < b.id ? -1 : 1)),
      [first, second],
    );
    same(await sagaStore.definitions('NOBODY'), []);
  },

  'the story of a saga is told in order, by its row and by what has rows of its own, and nobody else is in it': async ({
    stores,
  }) => {
    const line = (number: number) => aLine('ORDER', 'tx1', number);
    const saga = aSagaWith([line(1), line(2), line(3), line(12)], aSaga('ORDER', 'tx1'));
    const others = ['tx10', 'tx', 'tx1-2', 'tx1.5', 'tx1~', 'tx1!', 'tx11', 'TX1', 'tx2', 't'];
    const namesakes = ['ORDERS', 'order', 'ORDE', 'ORDER!'].map((name) => aLine(name, 'tx1', 1));
    const sagas = others.map((txId) => aSagaWith([aLine('ORDER', txId, 2)], aSaga('ORDER', txId)));
    const late = [line(10), ...others.map((txId) => aLine('ORDER', txId, 10)), ...namesakes];
    await write(stores, together(inserts(historyTable, ...late), inserts(sagaTable, saga, ...sagas)));
    const history = await stores.sagaStore.history('ORDER', 'tx1');
    same(
      history,
      [1, 2, 3, 10, 12].map((number) => aLine('ORDER', 'tx1', number)),
    );
    assert.equal((await stores.sagaStore.history('ORDER', 'tx1-2')).length, 2);
    same(await stores.sagaStore.history('ORDER', 'tx3'), []);
    same(await stores.sagaStore.history('ORDER', 'tx%'), []);
  },

  'the history of a saga grows with its row, and may be long': async ({ stores }) => {
    const lines = Array.from({ length: 4_000 }, (_, index) => aLine('ORDER', 'tx1', 4 * (index + 4)));
    for (const length of [0, 1, 2, 4_000]) {
      await write(stores, upserts(sagaTable, aSagaWith(lines.slice(0, length), aSaga('ORDER', 'tx1'))));
      same(await stores.sagaStore.history('ORDER', 'tx1'), lines.slice(0, length));
    }
    await write(stores, upserts(sagaTable, aSaga('ORDER', 'tx1')));
    same(await stores.sagaStore.history('ORDER', 'tx1'), []);
  },

  'what a saga was told, or what a message was parked with, may be long': async ({ stores }) => {
    const errorMessage = 'é'.repeat(200_000);
    const told = { ...aLine('ORDER', 'tx1', 3), errorMessage };
    await write(stores, inserts(sagaTable, aSagaWith([told], aSaga('ORDER', 'tx1'))));
    await write(stores, inserts(historyTable, { ...told, awaited: false }));
    await write(stores, inserts(parkedTable, { ...aParked('a'), error: errorMessage }));
    same(await stores.sagaStore.history('ORDER', 'tx1'), [told, { ...told, awaited: false }]);
    same(
      (await stores.sagaStore.parked({}, 1)).map(({ error }) => error),
      [errorMessage],
    );
  },

  "the database tells its time, which goes on, or leaves it to the machine's clock": async ({ stores: { clock } }) => {
    const [first, second] = [await clock.nowMs(), await clock.nowMs()];
    if (first === undefined) assert.equal(second, undefined);
    else assert.ok(second! >= first && first > Date.UTC(2024), `${first} and then ${second} ms`);
  },

  'what is parked in a line comes in the order in which it came from the broker, but for what was overtaken': async ({
    stores,
  }) => {
    const inLine = (offset: string, values: Partial<ParkedRow> = {}) => ({
      ...aParked(`message ${offset}`),
      orderingKey: 'payments|k',
      recordOffset: offset,
      ...values,
    });
    const rows = ['100', '9', '10', '9007199254740993'].map((offset) => inLine(offset));
    await write(stores, inserts(parkedTable, ...rows, inLine('1', { overtaken: true }), aParked('of no line')));
    await write(stores, inserts(parkedTable, inLine('2', { orderingKey: 'payments|other' })));
    const offsets = async (limit: number) =>
      (await stores.sagaStore.parkedIn('payments|k', limit)).map(({ recordOffset }) => recordOffset);
    same(await offsets(10), ['9', '10', '100', '9007199254740993']);
    same(await offsets(2), ['9', '10']);
    same((await stores.sagaStore.parkedIn('payments|k', 1))[0], rows[1]);
  },

  'sagas are counted that are open and have moved lately, and that have ended lately': async ({ stores }) => {
    const moved = (txId: string, ms: number, status: SagaRow['status']) =>
      aSaga('ORDER', txId, { status, updatedAt: new Date(ms) });
    const rows = [
      moved('a', 2 * slotMs - 1, 'running'),
      moved('b', 2 * slotMs, 'running'),
      moved('c', 3 * slotMs, 'compensating'),
      moved('d', 3 * slotMs - 1, 'completed'),
      moved('e', 3 * slotMs, 'completed'),
      moved('f', 4 * slotMs - 1, 'rejected'),
    ];
    await write(stores, inserts(sagaTable, ...rows));
    same(await stores.sagaStore.pace(2, 3), { open: 2, ended: 2 });
    same(await stores.sagaStore.pace(0, 0), { open: 3, ended: 3 });
  },

  'lines that are released, and those whose answers were kept for a saga that is paused no more, are listed, the oldest first':
    async ({ stores }) => {
      const inLine = (key: string, at: number, values: Partial<ParkedRow> = {}) => ({
        ...aParked(`${key} at ${at}`),
        orderingKey: key,
        at: new Date(at),
        ...values,
      });
      const kept = (key: string, at: number, waitsFor: string) => inLine(key, at, { reason: 'paused', waitsFor });
      const aKey = (id: string, released: boolean) => ({
        id,
        head: null,
        attempts: 0,
        spentMs: 0,
        parked: 2,
        released,
      });
      await write(stores, inserts(sagaTable, aSaga('ORDER', 'a', { paused: true }), aSaga('ORDER', 'b')));
      await write(stores, inserts(orderingKeyTable, aKey('a', true), aKey('b', false), aKey('d', true)));
      const released = [inLine('a', 9), inLine('a', 4), inLine('b', 1), inLine('d', 2)];
      const waiting = [
        kept('w', 1, 'ORDER/a'),
        kept('c', 3, 'ORDER/b'),
        kept('e', 5, 'ORDER/gone'),
        aParked('of no line'),
      ];
      await write(stores, inserts(parkedTable, ...released, ...waiting));
      same(await stores.sagaStore.releasedKeys(10), ['d', 'c', 'a', 'e']);
      same(await stores.sagaStore.releasedKeys(1), ['d']);
      same(await stores.sagaStore.parkedCount(), 5);
    },

  'what waits for a paused saga, or behind what does, is not counted as parked': async ({ stores }) => {
    const inLine = (key: string, id: string, values: Partial<ParkedRow>) => ({
      ...aParked(id),
      orderingKey: `payments|${key}`,
      ...values,
    });
    const behind = { reason: 'behind' } as const;
    const kept = [inLine('a', 'kept', { reason: 'paused', waitsFor: 'ORDER/a' }), inLine('a', 'behind it', behind)];
    await write(stores, inserts(parkedTable, ...kept));
    same(await stores.sagaStore.parkedCount(), 0);
    await write(stores, inserts(parkedTable, inLine('b', 'head', {}), inLine('b', 'next', behind), aParked('alone')));
    same(await stores.sagaStore.parkedCount(), 3);
  },

  'what is parked is counted, and what needs an operator': async ({ stores }) => {
    same([await stores.sagaStore.parkedCount(), await stores.sagaStore.needsOperatorCount()], [0, 0]);
    await write(stores, inserts(parkedTable, aParked('a'), aParked('b'), aParked('c')));
    const needy = ['running', 'compensating'] as const;
    const sagas = needy.map((status) => aSaga('ORDER', status, { status, needsOperator: true }));
    const seenTo = aSaga('ORDER', 'paused', { needsOperator: true, paused: true });
    await write(stores, inserts(sagaTable, ...sagas, aSaga('ORDER', 'well'), seenTo));
    same([await stores.sagaStore.parkedCount(), await stores.sagaStore.needsOperatorCount()], [3, 2]);
  },
};
