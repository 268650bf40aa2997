import assert from 'node:assert/strict';
import { table, text } from '../runtime';
import type { Stores } from '../sql';
import type { Checks } from './case';
import { ids, numbers, someBytes, texts, times } from './hostile-values';
import { same } from './same';
import type { StoresUnderTest } from './under-test';
import { aThing, counters, marks, things, type Thing } from './things';
import { deletes, faultOf, inserts, load, look, outboxOf, upserts, Worker, write } from './transacting';

/** Values come back as they went in, and stay values. */
export const valueChecks: Checks<StoresUnderTest> = {
  'texts come back as they were, however they look': ({ stores }) =>
    comeBack(
      stores,
      texts.map((group) => ({
        group,
        needed: group.slice(0, 1_000),
        list: [group.slice(0, 1_000), { [group.slice(0, 100)]: '' }],
      })),
    ),
  'bytes come back as they were': ({ stores }) =>
    comeBack(
      stores,
      someBytes.map((bytes) => ({ bytes })),
    ),
  'whole numbers come back as they were': ({ stores }) =>
    comeBack(
      stores,
      numbers.map((order) => ({ order })),
    ),
  'times come back as they were': ({ stores }) =>
    comeBack(
      stores,
      times.map((at) => ({ at: new Date(at) })),
    ),
  'flags, lists, objects and nothing at all come back as they were': ({ stores }) =>
    comeBack(stores, [
      { isOdd: true },
      { isOdd: false, order: null, group: null, bytes: null, at: null },
      { list: [] },
      { list: {} },
      { list: [1, -1.5, 1e21, true, null, '', [[]], { a: { b: [] } }] },
      { list: { b: 1, a: null, 'c d': [{}] } },
    ]),

  'ids are told apart byte by byte, and stay values': async ({ stores }) => {
    const rows = ids.map((id, order) => aThing(id, { order }));
    await write(stores, inserts(things, ...rows));
    same(await look(stores, things, ids), rows);
    const unknown = ids.map((id) => `${id}!`);
    same(
      await look(stores, things, unknown),
      unknown.map(() => undefined),
    );
    const worker = new Worker(await stores.database.open('suite'));
    for (const [index, id] of ids.entries()) {
      await worker.transact(() => deletes(things, id));
      same(await look(stores, things, ids), [
        ...ids.slice(0, index + 1).map(() => undefined),
        ...rows.slice(index + 1),
      ]);
    }
  },

  'numbers are ids': async ({ stores }) => {
    const rows = numbers.map((id, count) => ({ id, count }));
    await write(stores, inserts(counters, ...rows));
    same(await look(stores, counters, numbers), rows);
    await write(stores, upserts(counters, ...rows.map(({ id, count }) => ({ id, count: count + 1 }))));
    same(await look(stores, counters, [2 ** 53 - 1, 4]), [
      { id: 2 ** 53 - 1, count: numbers.indexOf(2 ** 53 - 1) + 1 },
      undefined,
    ]);
  },

  'names of instances and ids that are asked for stay values': async ({ stores }) => {
    const instances = ids.filter((id) => id.length < 100);
    for (const instance of instances) await (await stores.database.open(instance)).close();
    const outbox = (await stores.outbox.all()).map(({ instance }) => instance);
    same(outbox.sort(), [...instances].sort());
    for (const id of ids) same(await stores.sagaStore.history(id, id), []);
    for (const id of ids) same([await stores.sagaStore.open(id), await stores.sagaStore.definitions(id)], [[], []]);
  },

  'what an outbox sends comes back as it was': async ({ stores }) => {
    const session = await stores.database.open('suite');
    const rows = [
      ...someBytes.map((value, index) => ({ value, key: `${ids[index]}`.slice(0, 64) })),
      ...texts.map((each) => ({ value: Buffer.from(each), key: 'k' })),
    ].map(({ value, key }, index) => ({ seq: index + 1, topic: 'a-topic.of_letters', key, value }));
    await session.commit(1, new Map(), rows);
    same(await stores.outbox.unsent(session.producer, rows.length), rows);
  },

  'a table or a column whose name is not an identifier is refused': async ({ stores }) => {
    const session = await stores.database.open('suite');
    for (const name of ['suite_marks` where 1 = 1; drop table suite_things; --', 'suite-marks', '', 'Suite_Marks']) {
      assert.equal(await faultOf(load(session, table(name, { id: text }), ['a'])), 'refused');
      await session.rollback();
      const odd = { ...marks, columns: [name] };
      assert.equal(await faultOf(session.commit(1, inserts(odd, { id: 'a' }), outboxOf(0, 'a'))), 'refused');
      await session.rollback();
    }
    same(await look(stores, things, ['a']), [undefined]);
  },
};

export const trailingSpaceChecks: Checks<StoresUnderTest> = {
  'ids that differ in the spaces at their ends are different ids': async ({ stores }) => {
    const rows = ['a', 'a ', 'a  ', ' a'].map((id, order) => aThing(id, { order }));
    await write(stores, inserts(things, ...rows));
    same(await look(stores, things, ['a', 'a ', 'a  ', ' a', '  a']), [...rows, undefined]);
  },
};
export const lackOfTrailingSpaces: Checks<StoresUnderTest> = {
  'ids that differ in the spaces at their ends are one': async ({ stores }) => {
    await write(stores, inserts(things, aThing('a')));
    const session = await stores.database.open('suite');
    assert.equal(await faultOf(session.commit(1, inserts(things, aThing('a ')), [])), 'duplicate');
    await session.rollback();
  },
};

/** Inserted, and put over other values. */
async function comeBack(stores: Stores, values: readonly Partial<Thing>[]): Promise<void> {
  const name = (index: number) => `thing-${index}`;
  const worker = new Worker(await stores.database.open('suite'));
  for (const shift of [0, 1]) {
    const rows = values.map((_, index) => aThing(name(index), values[(index + shift) % values.length]));
    await worker.transact(() => (shift === 0 ? inserts : upserts)(things, ...rows));
    const names = rows.map(({ id }) => id);
    for (const [index, found] of (await look(stores, things, names)).entries())
      same(found, rows[index], `value ${index}, ${shift === 0 ? 'inserted' : 'put'}`);
    const loaded = await load(worker.session, things, names);
    await worker.session.rollback();
    same(loaded, rows);
  }
}
