import fc from 'fast-check';
import { partitionOf, RegistryUnavailable, type SchemaRegistry } from 'saga-kit/runtime';
import type { LogRecord } from '../src/embedded';
import { worldWith, type World } from 'saga-kit/testing';
import { aShop, Audited, Pack } from './a-shop';
import { wired } from './paper-registry';

/** Of each topic of the embedded broker. */
const partitions = 3;

let world: World;
afterEach(() => world.close());

/** A registry that answers about each id as a test says: with what it has, if nothing is said. */
function moody(mood: (id: number) => Error | 'unknown' | undefined) {
  const asked: number[] = [];
  const registry = (inner: SchemaRegistry): SchemaRegistry => ({
    idOf: (...about) => inner.idOf(...about),
    register: (...about) => inner.register(...about),
    schemaOf: async (id) => {
      asked.push(id);
      const answer = mood(id);
      if (answer instanceof Error) throw answer;
      return answer === 'unknown' ? undefined : inner.schemaOf(id);
    },
  });
  return { registry, asked };
}

const key = (txId: string) => Buffer.from(txId);
const garbage = (id: number, txId: string | null = 'garbage', topic: string = Audited.topic): LogRecord => ({
  topic,
  key: txId === null ? null : key(txId),
  value: wired(id, Buffer.from('whatever')),
});
const pack = (txId: string, item = 'good') => world.send(Pack.of({ item, count: 1 }), { target: 'T', txId });
const audit = (txId: string, item: string) =>
  world.send(Audited.of({ item, count: 1 }), { target: 'T', txId, id: `audit-${txId}-${item}` });
const parked = (): Promise<{ reason: string; error: string; topic: string }[]> =>
  world.storesOf('shop').reader.query((knex) => knex('kit_parked').select('reason', 'error', 'topic'));

const refused = (id: number) =>
  new RegistryUnavailable(
    `the schema registry at http://r cannot be understood or reached: it answers 400 (find ${id})`,
  );

test('an id that the registry will not speak about gets its tries, then parks with its words; everything else goes on, after a restart too', async () => {
  const { registry } = moody((id) => (id === 77 ? refused(77) : undefined));
  const { literal, handled } = aShop();
  world = await worldWith({ registry }, literal);
  world.put(garbage(77));
  await pack('a');
  await audit('b', 'other');
  await world.pass(5_000);
  expect(handled.sort()).toEqual(['audit of other', 'good']);
  expect(world.service('shop').health()).toEqual({ ready: true, reasons: [] });
  expect(await parked()).toEqual([]);
  await world.stop('shop');
  await world.start(literal);
  await pack('c');
  await world.pass(5_000);
  expect(new Set(handled)).toEqual(new Set(['audit of other', 'good']));
  expect(await parked()).toEqual([]); // it has its tries again
  await world.settled();
  expect(await parked()).toMatchObject([{ reason: 'unknown-schema', topic: 'audits' }]);
  expect((await parked())[0]!.error).toContain('it answers 400 (find 77)');
});

test('an id that becomes known within its budget is read, and what came behind it in its line after it', async () => {
  const { registry } = moody((id) => (late && id === lateId ? 'unknown' : undefined));
  let late = true;
  let lateId = -1;
  const { literal, handled } = aShop();
  world = await worldWith({ registry }, literal);
  await audit('a', 'first');
  const [record] = world.records();
  lateId = record!.value!.readInt32BE(1);
  await audit('a', 'second');
  await audit('b', 'third');
  await pack('a');
  await world.pass(3_000);
  expect(handled).toEqual(['good']);
  late = false;
  await world.settled();
  expect(handled.filter((each) => each.startsWith('audit')).sort()).toEqual([
    'audit of first',
    'audit of second',
    'audit of third',
  ]);
  expect(handled.indexOf('audit of first')).toBeLessThan(handled.indexOf('audit of second'));
  expect(await parked()).toEqual([]);
});

test('a message of a line whose head cannot be read waits with it, and is handled once it is given up', async () => {
  const { registry } = moody((id) => (id === 77 ? 'unknown' : undefined));
  const { literal, handled } = aShop();
  world = await worldWith({ registry }, literal);
  world.put(garbage(77, 'a'));
  await audit('a', 'behind');
  await audit('b', 'beside');
  await world.pass(2_000);
  expect(handled).toEqual(['audit of beside']);
  await world.settled();
  expect(handled).toEqual(['audit of beside', 'audit of behind']);
  expect(await parked()).toMatchObject([{ reason: 'unknown-schema', error: 'the registry knows no schema 77' }]);
});

test('a registry that answers nobody is away: nothing uses up its budget, and it is not asked more often for that', async () => {
  let away = true;
  const { registry, asked } = moody(() => (away ? new RegistryUnavailable('ECONNREFUSED') : undefined));
  const { literal, handled } = aShop();
  world = await worldWith({ registry }, literal);
  await pack('a');
  world.put(...Array.from({ length: 100 }, (_, index) => garbage(100 + index, `g${index}`)));
  await world.pass(600_000);
  expect(world.service('shop').health()).toEqual({
    ready: false,
    reasons: ['the schema registry does not answer: ECONNREFUSED'],
  });
  expect(await parked()).toEqual([]);
  expect(asked.length).toBeLessThan(300);
  away = false;
  await world.pass(10_000);
  await world.settled();
  expect(handled).toEqual(['good']);
  expect(await parked()).toHaveLength(100);
});

test('twenty thousand unknown ids on one topic: others pass at once, the registry is asked so often a second, and the good ones stay known', async () => {
  const { registry, asked } = moody((id) => (id >= 1_000 ? 'unknown' : undefined));
  const { literal, handled } = aShop();
  world = await worldWith({ registry }, literal);
  await audit('first', 'before');
  await world.settled();
  const before = asked.length;
  world.put(...Array.from({ length: 20_000 }, (_, index) => garbage(1_000 + index, `g${index}`)));
  await pack('a');
  for (let second = 1; second <= 3; second++) {
    await world.pass(1_000);
    expect(asked.length - before).toBeLessThanOrEqual(second * 500 + 500);
  }
  expect(handled).toContain('good');
  await world.settled();
  expect(asked.length - before).toBeLessThan(21_500);
  expect(await parked()).toHaveLength(20_000);
  const known = asked.filter((id) => id < 1_000).length;
  await audit('last', 'after');
  await world.settled();
  expect(handled).toContain('audit of after');
  expect(asked.filter((id) => id < 1_000)).toHaveLength(known);
}, 120_000);

/** Of the same partition as a key, and not the same. */
const neighbourOf = (other: string): string =>
  Array.from({ length: 1_000 }, (_, index) => `n${index}`).find(
    (each) => partitionOf(key(each), partitions) === partitionOf(key(other), partitions),
  )!;

test.each([
  { what: 'several unknown ids', ids: [71, 72, 73], isKeptWaiting: false },
  { what: 'one unknown id, which may be on its way', ids: [71], isKeptWaiting: true },
])(
  '$what, with so much behind that their partition is full: whether others on it wait too',
  async ({ ids, isKeptWaiting }) => {
    const { registry } = moody((id) => (ids.includes(id) ? 'unknown' : undefined));
    const { literal, handled } = aShop();
    world = await worldWith({ registry }, literal);
    world.put(...ids.map((id) => garbage(id, 'a')), ...Array.from({ length: 1_500 }, () => garbage(ids[0]!, 'a')));
    await world.pass(1_000);
    await audit(neighbourOf('a'), 'neighbour');
    await world.pass(10_000);
    expect(handled).toEqual(isKeptWaiting ? [] : ['audit of neighbour']);
    await world.settled();
    expect(handled).toEqual(['audit of neighbour']);
  },
);

test('of any mixture of good messages and ids that the registry refuses, in any order, with a restart in the middle: the good are handled once, the others parked with their own reason', async () => {
  const item = fc.record({
    mood: fc.constantFrom('good', 'unknown', 'refused'),
    txId: fc.constantFrom('a', 'b', 'c', 'd'),
    topic: fc.constantFrom<'shop' | 'audits'>('shop', 'audits'),
    id: fc.integer({ min: 1_000, max: 1_005 }),
  });
  const run = fc.record({ items: fc.array(item, { minLength: 1, maxLength: 25 }), restartAt: fc.nat(25) });
  await fc.assert(
    fc.asyncProperty(run, async ({ items, restartAt }) => {
      const moodOf = new Map(items.flatMap(({ id, mood }) => (mood === 'good' ? [] : [[id, mood] as const])));
      const { registry } = moody((id) => {
        const mood = moodOf.get(id);
        return mood === 'refused' ? refused(id) : mood;
      });
      const { literal, handled } = aShop();
      world = await worldWith({ registry }, literal);
      const good: string[] = [];
      let bad = 0;
      for (const [index, { mood, txId, topic, id }] of items.entries()) {
        if (index === restartAt) {
          await world.crash('shop');
          await world.start(literal);
        }
        if (mood !== 'good') {
          world.put(garbage(id, txId, topic));
          bad++;
        } else if (topic === 'audits') {
          await audit(txId, `${index}`);
          good.push(`audit of ${index}`);
        } else {
          await world.send(Pack.of({ item: `${index}`, count: 1 }), { target: `T${index}`, txId });
          good.push(`${index}`);
        }
      }
      await world.settled();
      const counted = await world.storesOf('shop').reader.query((knex) => knex('kit_inbox').count({ count: '*' }));
      expect(Number(counted[0]?.['count'])).toBe(good.length);
      expect(new Set(handled)).toEqual(new Set(good));
      const rows = await parked();
      expect(rows).toHaveLength(bad);
      for (const { reason, error } of rows) {
        expect(reason).toBe('unknown-schema');
        const id = Number(/(\d{4})/.exec(error.replace('400', ''))?.[1]);
        expect(error).toContain(moodOf.get(id) === 'refused' ? 'it answers 400' : 'knows no schema');
      }
      await world.close();
    }),
    { numRuns: 40 },
  );
  world = await worldWith({}, aShop().literal);
}, 120_000);
