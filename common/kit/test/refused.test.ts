import fc from 'fast-check';
import type { Broker, Log, ProducerRecord, PublishOutcome } from 'saga-kit/runtime';
import { FaultyBroker, stub, worldWith, type World } from 'saga-kit/testing';
import { aShipping, Carry, ended, shippingSaga, ShippingWork } from './a-shipping';
import { aShop, Pack, Unpack } from './a-shop';

let world: World;
let broker: FaultyBroker;
afterEach(() => world.close());
beforeEach(() => void ended.splice(0));

const lines: string[] = [];
const silent = () => {};
const log: Log = {
  ...{ debug: silent, info: silent, warn: silent },
  error: (fields, message) => void lines.push(`${message} ${JSON.stringify(fields)}`),
};
beforeEach(() => void lines.splice(0));

const options = { log, broker: (inner: Broker) => (broker = new FaultyBroker(inner)) };
const tooLarge: PublishOutcome = { status: 'refused', reason: 'packed: the message is too large (MESSAGE_TOO_LARGE)' };
const noReplicas: PublishOutcome = {
  status: 'failed',
  reason: 'NOT_ENOUGH_REPLICAS',
  where: 'packed/1',
  isAnswer: true,
};
const refusing =
  (...keys: readonly string[]) =>
  ({ topic, key }: ProducerRecord) =>
    topic === 'packed' && keys.includes(key) ? tooLarge : undefined;

const pack = (txId: string, item = 'good', target = 'T') => world.send(Pack.of({ item, count: 1 }), { target, txId });
const rows = (table: string): Promise<any[]> => world.storesOf('shop').reader.query((knex) => knex(table));
const answers = () =>
  world.messages.all().flatMap(({ topic, envelope }) => (topic === 'packed' ? [envelope.txId] : []));
/** The process of each answer that was sent. */
const targets = () =>
  world.messages.all().flatMap(({ topic, envelope }) => (topic === 'packed' ? [envelope.target] : []));

test('what the broker refuses is set aside with its reason, once; nothing else waits, and nothing is sent twice', async () => {
  world = await worldWith(options, aShop().literal);
  broker.verdict = refusing('large');
  await pack('large');
  for (const txId of ['a', 'b', 'c', 'd']) await pack(txId);
  await world.pass(2_000);
  expect(answers().sort()).toEqual(['a', 'b', 'c', 'd']);
  expect(await rows('kit_outbox')).toEqual([]);
  expect(await rows('kit_refused_records')).toMatchObject([
    { topic: 'packed', record_key: 'large', reason: tooLarge.reason },
  ]);
  expect(world.service('shop').health()).toEqual({
    ready: true,
    reasons: [],
  });
  await world.pass(5_000);
  expect(world.service('shop').health()).toEqual({
    ready: true,
    reasons: [`packed: messages of 1 key are refused by the broker, or wait behind such: ${tooLarge.reason}`],
  });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('"key":"large"');
  await pack('e');
  await world.settled();
  expect(answers()).toHaveLength(5);
});

test('its key waits for it, in order; when the broker takes it, the others follow', async () => {
  world = await worldWith(options, aShop().literal);
  broker.verdict = refusing('k');
  for (const target of ['A', 'B', 'C']) await pack('k', 'good', target);
  await world.pass(1_000);
  await pack('k', 'good', 'D');
  await world.pass(1_000);
  expect(answers()).toEqual([]);
  expect((await rows('kit_refused_records')).map(({ reason }) => reason)).toEqual([
    tooLarge.reason,
    ...Array(3).fill('it is behind one that was refused'),
  ]);
  broker.verdict = () => undefined;
  await world.pass(60_000);
  await pack('k', 'good', 'E');
  await world.settled();
  expect(targets()).toEqual(['A', 'B', 'C', 'D', 'E']);
  expect(await rows('kit_refused_records')).toEqual([]);
  expect(world.service('shop').health()).toEqual({ ready: true, reasons: [] });
});

test('a start does not depend on what is refused, and it is still sent before what follows of its key', async () => {
  const { literal } = aShop();
  world = await worldWith(options, literal);
  broker.fails = () => 'before';
  broker.verdict = refusing('k');
  await pack('k', 'good', 'A');
  await pack('other');
  await world.pass(1_000);
  await world.crash('shop');
  broker.fails = () => undefined;
  await world.start(literal);
  await pack('k', 'good', 'B');
  await world.pass(1_000);
  expect(answers()).toEqual(['other']);
  await world.stop('shop');
  broker.verdict = () => undefined;
  await world.start(literal);
  await pack('k', 'good', 'C'); // before what was refused is sent again
  await world.pass(400_000);
  expect(targets()).toEqual(['T', 'A', 'B', 'C']);
});

test('a partition that takes nothing for a minute, while others do, is set aside, and taken up again by itself', async () => {
  world = await worldWith(options, aShop().literal);
  broker.verdict = ({ topic, key }) => (topic === 'packed' && key === 'stuck' ? noReplicas : undefined);
  await pack('stuck');
  await world.pass(2_000);
  expect(world.service('shop').health().reasons).toEqual(['packed: 1 to be sent to packed/1: NOT_ENOUGH_REPLICAS']);
  expect(await rows('kit_refused_records')).toEqual([]);
  for (let count = 0; count < 200; count++) {
    await pack(`free-${count}`);
    await world.pass(500);
  }
  expect(answers()).toHaveLength(200);
  expect(await rows('kit_refused_records')).toMatchObject([{ record_key: 'stuck', reason: 'NOT_ENOUGH_REPLICAS' }]);
  broker.verdict = () => undefined;
  await world.pass(400_000);
  expect(answers()).toHaveLength(201);
});

test('what comes later of a key does not overtake what is held, though it could be sent by now', async () => {
  world = await worldWith(options, aShop().literal);
  broker.verdict = ({ key }) => (key === 'k' ? noReplicas : undefined);
  await pack('k', 'good', 'A');
  await world.pass(20_000); // its next try is some seconds away
  broker.verdict = () => undefined;
  await pack('k', 'good', 'B');
  await pack('other', 'good', 'C');
  await world.settled();
  expect(targets()).toEqual(['C', 'A', 'B']);
});

test('while nobody is taken from, nothing is set aside, however long that is', async () => {
  world = await worldWith(options, aShop().literal);
  broker.verdict = () => noReplicas;
  await pack('a');
  await pack('b');
  await world.pass(3_600_000);
  expect(await rows('kit_refused_records')).toEqual([]);
  broker.verdict = () => undefined;
  await world.pass(10_000);
  expect(answers().sort()).toEqual(['a', 'b']);
});

test('a step whose command is refused is not given up: once the broker takes it, the saga goes on; others do meanwhile', async () => {
  const carrier = stub('carrier', [Carry]);
  world = await worldWith(options, aShipping(), stub('shop', [Pack, Unpack]), carrier);
  broker.verdict = ({ topic, value }) => (topic === 'shop' && value.includes('SHIPPING/a/Pack') ? tooLarge : undefined);
  const begin = (txId: string, count: number) =>
    world.work('shipping', ShippingWork).run(({ sagas }) => sagas.begin(shippingSaga, txId, { item: 'x', count }));
  await begin('a', 1);
  await begin('b', 2);
  await world.settled();
  expect(ended).toEqual(['approved {"item":"x","count":2}']);
  await world.pass(1_200_000);
  expect(ended).toHaveLength(1);
  broker.verdict = () => undefined;
  await world.pass(1_200_000);
  expect(ended).toEqual(['approved {"item":"x","count":2}', 'approved {"item":"x","count":1}']);
});

/** How a broker treats the answers of one key, for good or until it is mended. */
const verdicts: Readonly<Record<string, (key: string) => PublishOutcome | undefined>> = {
  taken: () => undefined,
  'too large': () => tooLarge,
  'not permitted': () => ({ status: 'refused', reason: 'packed: not authorized (TOPIC_AUTHORIZATION_FAILED)' }),
  'no replicas': (key) => ({ ...noReplicas, where: `packed/${key}` }),
};

test('of any mixture of answers, in any order, with a restart in the middle: those that are taken are sent once and in order, each other one is set aside with its own reason', async () => {
  const run = fc.record({
    keys: fc.uniqueArray(
      fc.record({ key: fc.stringMatching(/^[a-f]$/), mood: fc.constantFrom(...Object.keys(verdicts)) }),
      {
        minLength: 1,
        selector: ({ key }) => key,
      },
    ),
    sends: fc.array(fc.nat(5), { minLength: 1, maxLength: 20 }),
    restartAt: fc.nat(20),
    losesAt: fc.nat(20),
  });
  await fc.assert(
    fc.asyncProperty(run, async ({ keys, sends, restartAt, losesAt }) => {
      const { literal } = aShop();
      world = await worldWith(options, literal);
      const moodOf = new Map(keys.map(({ key, mood }) => [key, mood]));
      const verdict = ({ topic, key }: ProducerRecord) =>
        topic === 'packed' ? verdicts[moodOf.get(key) ?? 'taken']!(key) : undefined;
      broker.verdict = verdict;
      const wanted: string[] = [];
      for (const [index, send] of sends.entries()) {
        const { key } = keys[send % keys.length]!;
        broker.fails = () => (index === losesAt ? 'after' : undefined);
        await pack(key, 'good', `T${index}`);
        if (moodOf.get(key) === 'taken') wanted.push(`${key} T${index}`);
        await world.pass(1);
        if (index === restartAt) {
          await world.crash('shop');
          await world.start(literal);
          await world.pass(1);
        }
      }
      broker.fails = () => undefined;
      for (let count = 0; count < 30; count++) {
        await pack('free', 'good', `FREE${count}`); // somebody is taken from meanwhile
        await world.pass(5_000);
      }
      const sent = world.messages
        .all()
        .flatMap(({ topic, envelope }) => (topic === 'packed' ? [`${envelope.txId} ${envelope.target}`] : []));
      const firsts = [...new Set(sent)].filter((each) => !each.startsWith('free'));
      expect([...firsts].sort()).toEqual([...wanted].sort());
      for (const { key } of keys)
        expect(firsts.filter((each) => each.startsWith(key))).toEqual(wanted.filter((each) => each.startsWith(key)));
      const aside = await rows('kit_refused_records');
      const refusedSends = sends.filter((send) => moodOf.get(keys[send % keys.length]!.key) !== 'taken').length;
      const distinct = new Set(aside.map(({ value }) => String(value))); // a command that comes again is answered again
      expect(distinct.size).toBe(refusedSends);
      for (const { key, mood } of keys) {
        const [first] = aside.filter(({ record_key }) => record_key === key);
        const outcome = verdicts[mood]!(key);
        if (first && outcome && 'reason' in outcome) expect(first.reason).toBe(outcome.reason);
      }
      expect(await rows('kit_outbox')).toEqual([]);
      await world.close();
    }),
    { numRuns: 30 },
  );
  world = await worldWith({}, aShop().literal);
}, 120_000);
