import fc from 'fast-check';
import { FakeCluster } from '../../test/a-kafka';
import type { ProducerRecord, PublishOutcome } from '../runtime';
import { KafkaProducer } from './kafka-producer';
import { kafkajsConnections } from './kafkajs-connections';

const record = (topic: string, value: string, key = 'k'): ProducerRecord => ({ topic, key, value: Buffer.from(value) });
const status = (outcomes: readonly PublishOutcome[]) => outcomes.map((outcome) => outcome.status);
const reasons = (outcomes: readonly PublishOutcome[]) => outcomes.map((each) => ('reason' in each ? each.reason : ''));

let cluster: FakeCluster;
let producer: KafkaProducer;
beforeEach(() => {
  cluster = new FakeCluster();
  producer = new KafkaProducer(() => kafkajsConnections(cluster.kafka));
});

test('each broker is asked once, with the records of each partition in their order', async () => {
  const records = ['1', '2', '3', '4', '5', '6'].map((value) => record('a', value, value));
  expect(status(await producer.publish([...records, record('a', '1 again', '1')]))).toEqual(Array(7).fill('durable'));
  expect(new Set(cluster.requests).size).toBe(cluster.requests.length);
  expect(cluster.logs.get(cluster.whereOf(records[0]!))).toEqual(expect.arrayContaining(['1', '1 again']));
  expect(cluster.connects).toBe(1);
});

test('a partition that a broker does not mention in its answer is not acknowledged', async () => {
  cluster.verdict = () => () => 'nothing';
  const outcomes = await producer.publish([record('a', '1')]);
  expect(outcomes).toMatchObject([{ status: 'failed', isAnswer: false }]);
});

test('a partition that has moved to a broker which has answered already is sent there', async () => {
  const one = record('a', '1', 'x');
  const other = record('b', '2', 'y');
  const [moving] = [cluster.whereOf(other)];
  cluster.verdict = (where) => () => (where === moving ? 6 : 0); // not its leader
  expect(status(await producer.publish([one, other]))).toEqual(['durable', 'failed']);
  cluster.verdict = () => () => 0;
  cluster.leaderOf = () => 1; // which has answered for the first one
  expect(status(await producer.publish([other]))).toEqual(['durable']);
  expect(cluster.refreshes).toBe(1);
  expect(cluster.logs.get(moving)).toEqual(['2']);
});

test('what a broker refuses is told from what went with it, which is not sent again', async () => {
  const tooLarge = (values: readonly string[]) => (values.some((value) => value.startsWith('large')) ? 10 : 0);
  cluster.verdict = () => tooLarge;
  const records = [
    record('a', 'before'),
    record('a', 'large', 'l'),
    record('a', 'large too', 'k'),
    record('b', 'other'),
  ];
  cluster = Object.assign(cluster, { partitions: 1 });
  const outcomes = await producer.publish([...records, record('a', 'behind', 'k'), record('a', 'after', 'j')]);
  expect(status(outcomes)).toEqual(['durable', 'refused', 'refused', 'durable', 'failed', 'durable']);
  expect(reasons(outcomes)[1]).toContain('a: ');
  expect(reasons(outcomes)[1]).toContain('MESSAGE_TOO_LARGE');
  expect(cluster.logs.get('a/0')).toEqual(['before', 'after']);
  expect(cluster.logs.get('b/0')).toEqual(['other']);
});

test('what nobody may write to is refused at once, all of it', async () => {
  cluster.topicErrors.set('secret', 29);
  cluster.verdict = (where) => () => (where.startsWith('closed') ? 29 : 0);
  const outcomes = await producer.publish([
    record('secret', '1'),
    record('closed', '2'),
    record('closed', '3'),
    record('a', '4'),
  ]);
  expect(status(outcomes)).toEqual(['refused', 'refused', 'refused', 'durable']);
  expect(cluster.requests).toHaveLength(2);
});

test('a topic that is not there is waited for; after a while what is for it is refused', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick'] });
  try {
    cluster.topicErrors.set('gone', 3);
    const send = () => producer.publish([record('gone', '1'), record('a', '2')]);
    expect(status(await send())).toEqual(['failed', 'durable']);
    jest.advanceTimersByTime(29_000);
    expect(status(await send())).toEqual(['failed', 'durable']);
    jest.advanceTimersByTime(2_000);
    const outcomes = await send();
    expect(status(outcomes)).toEqual(['refused', 'durable']);
    expect(reasons(outcomes)[0]).toBe('the topic gone is not there');
    cluster.topicErrors.clear();
    expect(status(await send())).toEqual(['durable', 'durable']);
  } finally {
    jest.useRealTimers();
  }
});

test('a broker that fails keeps nobody else from being acknowledged', async () => {
  const records = ['1', '2', '3', '4', '5', '6'].map((value) => record('a', value, value));
  cluster.down.set(2, { after: true });
  const outcomes = await producer.publish(records);
  expect(new Set(status(outcomes))).toEqual(new Set(['durable', 'failed']));
  outcomes.forEach((outcome, index) => {
    const partition = Number(cluster.whereOf(records[index]!).split('/')[1]);
    expect(outcome.status === 'failed').toBe(cluster.leaderOf(partition) === 2);
  });
  expect(outcomes.find(({ status: end }) => end === 'failed')).toMatchObject({
    reason: 'broker 2: broker 2 has not answered in time',
    isAnswer: false,
  });
});

test('connections on which nothing is known of anything are not used again', async () => {
  jest.useFakeTimers();
  cluster.verdict = () => () => 0;
  const { kafka } = cluster;
  const [symbol] = Object.getOwnPropertySymbols(kafka) as [symbol];
  const create = (kafka as unknown as Record<symbol, () => { findBroker: unknown }>)[symbol]!;
  let isFirst = true;
  (kafka as unknown as Record<symbol, unknown>)[symbol] = () => {
    const made = create();
    if (isFirst) made.findBroker = () => new Promise(() => {});
    isFirst = false;
    return made;
  };
  const publishing = expect(producer.publish([record('a', '1')])).rejects.toThrow(
    'the broker has not answered within 60000 ms',
  );
  await jest.advanceTimersByTimeAsync(60_000);
  await publishing;
  jest.useRealTimers();
  expect(status(await producer.publish([record('a', '1')]))).toEqual(['durable']);
  expect(cluster.connects).toBe(2);
});

const refusedKinds = [10, 18, 87, 32, 29, 17, 44] as const;
const failingKinds = [5, 6, 7, 19, 20, 56] as const;

/** A mixture of records, some of which a broker refuses, and partitions that it cannot take anything for. */
const mixtures = fc.record({
  records: fc.array(
    fc.record({
      topic: fc.constantFrom('a', 'b', 'c'),
      key: fc.constantFrom('k1', 'k2', 'k3', 'k4', 'k5'),
      refused: fc.option(fc.constantFrom(10, 18, 87, 32), { freq: 4, nil: 0 }),
    }),
    { minLength: 1, maxLength: 40 },
  ),
  failing: fc.dictionary(
    fc.constantFrom('a/0', 'a/1', 'a/2', 'b/0', 'b/3', 'c/4'),
    fc.constantFrom(...failingKinds, ...refusedKinds),
    { maxKeys: 3 },
  ),
  down: fc.option(fc.constantFrom(1, 2, 3), { freq: 3 }),
});

test('of any mixture, whatever a broker has taken is durable, and nothing is that it has not; each key keeps its order', async () => {
  await fc.assert(
    fc.asyncProperty(mixtures, async ({ records, failing, down }) => {
      const brokers = new FakeCluster();
      if (down !== null) brokers.down.set(down, { after: false });
      const all = records.map(({ topic, key }, index) => record(topic, `${index}`, key));
      brokers.verdict = (where) => (values) => {
        const failure = failing[where];
        if (failure !== undefined && ![10, 18, 87, 32].includes(failure)) return failure;
        return values.map((value) => records[Number(value)]!.refused).find((code) => code !== 0) ?? 0;
      };
      const outcomes = await new KafkaProducer(() => kafkajsConnections(brokers.kafka)).publish(all);
      expect(outcomes).toHaveLength(all.length);
      const taken = [...brokers.logs.values()].flat();
      expect(new Set(taken).size).toBe(taken.length);
      const durable = all.flatMap(({ value }, index) => (outcomes[index]!.status === 'durable' ? [String(value)] : []));
      expect([...taken].sort()).toEqual(durable.sort());
      all.forEach((each, index) => {
        const earlier = all
          .slice(0, index)
          .findIndex(
            ({ topic, key }, at) => topic === each.topic && key === each.key && outcomes[at]!.status !== 'durable',
          );
        if (earlier >= 0) expect(outcomes[index]!.status).not.toBe('durable');
      });
      for (const log of brokers.logs.values()) expect(log.map(Number)).toEqual(log.map(Number).sort((x, y) => x - y));
    }),
    { numRuns: 300 },
  );
});
