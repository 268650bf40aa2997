import type { OutboxRow } from '../runtime';
import type { Stores } from '../sql';
import type { Checks } from './case';
import { same } from './same';
import type { StoresUnderTest } from './under-test';
import { nothing } from './transacting';

const rowsOf = (...keys: readonly string[]): OutboxRow[] =>
  keys.map((key, index) => ({ seq: index + 1, topic: 'topic', key, value: Buffer.from(`${key} ${index}`) }));
const at = (ms: number) => new Date(ms);

/** Commits rows to the outbox of a producer of its own, and sets them aside. */
async function refused(stores: Stores, rows: readonly OutboxRow[], dueAt = at(1_000)): Promise<number> {
  const { producer, commit, ...session } = await open(stores);
  await commit(rows);
  await stores.refused.add(
    rows.map((row) => ({ ...row, producer, reason: `${row.key} is too large` })),
    dueAt,
  );
  await session.close();
  return producer;
}

async function open({ database }: Stores) {
  const session = await database.open('one');
  return {
    producer: session.producer,
    commit: (rows: readonly OutboxRow[]) => session.commit(1, nothing, rows),
    close: () => session.close(),
  };
}

/** What the broker has refused is out of the way, and kept in order. */
export const refusedChecks: Checks<StoresUnderTest> = {
  'what is set aside leaves the outbox, and is kept in order for its topic and key, with its headers': async ({
    stores,
  }) => {
    const headers = [['a', Buffer.from([0, 255])]] as const;
    const [first, ...others] = rowsOf('a', 'b', 'a', 'c') as [OutboxRow, ...OutboxRow[]];
    const producer = await refused(stores, [{ ...first, headers }, ...others.slice(0, 2)]);
    same(await stores.outbox.unsent(producer, 10), []);
    const ofA = await stores.refused.of({ topic: 'topic', key: 'a' }, 10);
    same(
      ofA.map(({ id: _, ...rest }) => rest),
      [
        { topic: 'topic', key: 'a', value: Buffer.from('a 0'), headers, reason: 'a is too large', attempts: 1 },
        { topic: 'topic', key: 'a', value: Buffer.from('a 2'), reason: 'a is too large', attempts: 1 },
      ],
    );
    same((await stores.refused.of({ topic: 'topic', key: 'a' }, 1)).length, 1);
    same(await stores.refused.of({ topic: 'other', key: 'a' }, 10), []);
    same(await stores.refused.count(), 3);
    same(
      [...(await stores.refused.orderingKeys())].sort((one, other) => (one.key < other.key ? -1 : 1)),
      [
        { topic: 'topic', key: 'a' },
        { topic: 'topic', key: 'b' },
      ],
    );
  },

  'what is not in the outbox any more is not set aside: another instance has seen to it': async ({ stores }) => {
    const { producer, commit } = await open(stores);
    const rows = rowsOf('a', 'b');
    await commit(rows);
    await stores.outbox.acknowledge(producer, 1);
    const asRefused = rows.map((row) => ({ ...row, producer, reason: 'no' }));
    await stores.refused.add(asRefused, at(0));
    await stores.refused.add(asRefused, at(0));
    same(await stores.refused.orderingKeys(), [{ topic: 'topic', key: 'b' }]);
    same(await stores.refused.count(), 1);
  },

  'of what was committed at once, what is set aside leaves the outbox, and nothing else': async ({ stores }) => {
    const { producer, commit } = await open(stores);
    const rows = rowsOf('a', 'b', 'c', 'd', 'e');
    await commit(rows);
    const left = async () => (await stores.outbox.unsent(producer, 10)).map(({ key }) => key);
    const setAside = (...keys: readonly string[]) =>
      stores.refused.add(
        rows.filter(({ key }) => keys.includes(key)).map((row) => ({ ...row, producer, reason: 'no' })),
        at(0),
      );
    await setAside('b', 'e');
    same(await left(), ['a', 'c', 'd']);
    await stores.outbox.acknowledge(producer, 2);
    same(await left(), ['c', 'd']);
    await setAside('d', 'a', 'b');
    same(await left(), ['c']);
    await stores.outbox.acknowledge(producer, 3);
    same(await left(), []);
    await stores.outbox.remove(producer, 'own');
    same(await stores.outbox.all(), []); // nothing is left of it that would keep its producer
    same((await stores.refused.orderingKeys()).map(({ key }) => key).sort(), ['b', 'd', 'e']);
  },

  'a key is due when all that is kept of it is; what is postponed is counted': async ({ stores }) => {
    await refused(stores, rowsOf('a', 'a', 'b'), at(1_000));
    const due = async (ms: number) => (await stores.refused.due(at(ms), 10)).map(({ key }) => key).sort();
    same([await due(999), await due(1_000)], [[], ['a', 'b']]);
    const [first] = await stores.refused.of({ topic: 'topic', key: 'a' }, 1);
    await stores.refused.postpone(first!.id, 'still too large', at(5_000));
    same([await due(4_999), await due(5_000)], [['b'], ['a', 'b']]);
    const [again] = await stores.refused.of({ topic: 'topic', key: 'a' }, 1);
    same({ ...again }, { ...first, reason: 'still too large', attempts: 2 });
    same((await stores.refused.due(at(5_000), 1)).length, 1);
  },

  'what was sent after all is forgotten, and nothing else': async ({ stores }) => {
    await refused(stores, rowsOf('a', 'a', 'b'));
    const [first] = await stores.refused.of({ topic: 'topic', key: 'a' }, 10);
    await stores.refused.remove([]);
    await stores.refused.remove([first!.id]);
    const left = await stores.refused.of({ topic: 'topic', key: 'a' }, 10);
    same(
      left.map(({ value }) => String(value)),
      ['a 1'],
    );
    same(await stores.refused.count(), 2);
  },
};
