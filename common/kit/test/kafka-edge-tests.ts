import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { numbered } from '../src/conformance/broker-groups';
import { TestConsumer } from '../src/conformance/test-consumer';
import { until } from '../src/conformance/until';
import type { Broker, Log, ProducerRecord, PublishOutcome } from '../src/runtime';
import { given } from './given';
import { createTopic, kafkaAdmin, type KafkaLine } from './kafka-lines';

const lines: string[] = [];
const silent = () => {};
const error: Log['error'] = (fields, message) => void lines.push(`${message} ${JSON.stringify(fields)}`);
const logged: Log = { debug: silent, info: silent, warn: silent, error };

/** `spoilZstd`: from now on, nothing that was compressed with it can be read; returns what makes good for that. */
export function kafkaEdgeTests(client: string, line: () => KafkaLine, spoilZstd: (reason: string) => () => void): void {
  given('KAFKA_BROKERS')(`Kafka, with ${client}, when one topic or one message is at fault`, () => {
    const edges = new Edges(line);
    beforeAll(() => edges.begin());
    beforeEach(() => void lines.splice(0));
    afterEach(() => edges.closeBrokers(), 30_000);
    afterAll(() => edges.end());
    recordTests(edges);
    topicTests(edges);
    partitionTests(edges, spoilZstd);
  });
}

/** Brokers and topics, as many as a test needs. */
class Edges {
  readonly admin = kafkaAdmin();
  private readonly brokers: Broker[] = [];
  private readonly topics = new Set<string>();

  constructor(private readonly line: () => KafkaLine) {}

  readonly open = (clientId: string = randomUUID()): Broker => {
    const broker = this.line().broker({ clientId, sessionTimeoutMs: 10_000, log: logged });
    this.brokers.push(broker);
    return broker;
  };

  readonly topic = async (settings: Readonly<Record<string, string>> = {}, name = `edges-${randomUUID()}`) => {
    const configEntries = Object.entries(settings).map(([key, value]) => ({ name: key, value }));
    await createTopic(this.admin, { topic: name, numPartitions: 2, configEntries });
    this.topics.add(name);
    return name;
  };

  begin(): Promise<void> {
    return this.admin.connect();
  }

  async closeBrokers(): Promise<void> {
    await Promise.all(this.brokers.splice(0).map((broker) => broker.close()));
  }

  async end(): Promise<void> {
    await this.admin.deleteTopics({ topics: [...this.topics] }).catch(() => {});
    await this.admin.disconnect();
  }
}

function recordTests({ open, topic }: Edges): void {
  test('for how long a topic keeps its records is read from its settings, and unknown where it is not there', async () => {
    const hour = 3_600_000;
    const ages = { 'retention.ms': `${2 * hour}`, 'segment.ms': `${hour}` };
    const names = [
      await topic(ages),
      await topic({ ...ages, 'cleanup.policy': 'compact,delete' }),
      await topic({ ...ages, 'cleanup.policy': 'compact' }),
      await topic({ ...ages, 'retention.ms': '-1' }),
      `missing-${randomUUID()}`,
    ];
    const told = (await open().retention?.(names))!;
    expect(told.map(({ keptMs }) => keptMs)).toEqual([
      ...[3 * hour + 600_000, 3 * hour + 600_000, Infinity, Infinity],
      undefined,
    ]);
    expect(told.map((each) => each.topic)).toEqual(names);
    expect(told[0]!.reason).toBe('cleanup.policy=delete, retention.ms=7200000, segment.ms=3600000');
  }, 60_000);

  test.each(['gzip', 'snappy', 'lz4', 'zstd', 'uncompressed'])(
    'what a topic has compressed with %s is read',
    async (codec) => {
      const name = await topic({ 'compression.type': codec });
      const broker = open();
      const long = { topic: name, key: '1', value: Buffer.from('long '.repeat(10_000)) };
      await broker.publish([...numbered(name, 1, 50), long]);
      const consumer = await TestConsumer.join(broker, [name]);
      await consumer.has(51);
      expect(new Set(consumer.values)).toEqual(
        new Set([...Array.from({ length: 50 }, (_, index) => `${index + 1}`), long.value.toString()]),
      );
    },
    60_000,
  );

  test('a message that is too large for its topic is refused; those that went with it are there, once', async () => {
    const small = await topic({ 'max.message.bytes': '262144' });
    const other = await topic();
    const large: ProducerRecord = { topic: small, key: 'large', value: Buffer.alloc(300_000) };
    const innocent = [...numbered(other, 1, 5), ...numbered(small, 6, 10)];
    const broker = open();
    const outcomes = await broker.publish([...innocent.slice(0, 5), large, ...innocent.slice(5)]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      ...Array(5).fill('durable'),
      'refused',
      ...Array(5).fill('durable'),
    ]);
    const [refused] = outcomes.filter(({ status }) => status === 'refused') as [PublishOutcome & { status: 'refused' }];
    expect(refused.reason).toContain(small);
    const consumer = await TestConsumer.join(open(), [small, other]);
    await consumer.has(10);
    await broker.publish(numbered(other, 11, 11));
    await consumer.has(11);
    expect(consumer.values).toHaveLength(11);
  }, 60_000);
}

function topicTests({ admin, open, topic }: Edges): void {
  test('a topic that is deleted is named, and the others are read and written; made again, it is read from its beginning', async () => {
    const [lasting, doomed] = [await topic(), await topic()];
    const broker = open();
    await broker.publish([...numbered(lasting, 1, 3), ...numbered(doomed, 4, 8)]);
    const consumer = await TestConsumer.join(broker, [lasting, doomed]);
    await consumer.has(8);
    await consumer.commit(...consumer.received);
    await admin.deleteTopics({ topics: [doomed] });
    await until('it is noticed', () => consumer.subscription.topicFaults.some((trouble) => trouble.topic === doomed));
    const outcomes = await broker.publish([...numbered(lasting, 9, 9), ...numbered(doomed, 10, 10)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['durable', 'failed']);
    await consumer.has(9);
    await consumer.commit(consumer.received.at(-1)!);
    assert.equal(consumer.subscription.outage, undefined);
    consumer.received = consumer.received.filter((record) => record.topic !== doomed);
    await topic({}, doomed);
    await until('it can be written', async () =>
      (await broker.publish(numbered(doomed, 10, 10))).every(({ status }) => status === 'durable'),
    );
    await consumer.has(5);
    expect(consumer.values).toContain('10');
    expect(consumer.subscription.topicFaults).toEqual([]);
  }, 90_000);

  test('topics that are missing are named, and the others are read; one that is made later is read as well', async () => {
    const [there, late] = [await topic(), `edges-${randomUUID()}`];
    const consumer = await TestConsumer.join(open(), [there, late]);
    expect(consumer.subscription.topicFaults).toEqual([{ topic: late, reason: 'the topic is not there' }]);
    const broker = open();
    await broker.publish(numbered(there, 1, 1));
    await consumer.has(1);
    await topic({}, late);
    await until('it is seen', () => consumer.subscription.topicFaults.length === 0);
    await broker.publish(numbered(late, 2, 2));
    await consumer.has(2);
  }, 60_000);
}

function partitionTests({ open, topic }: Edges, spoilZstd: (reason: string) => () => void): void {
  test('a partition whose records cannot be read is named, and the others are read; it is read once it can be', async () => {
    const [sound, odd] = [await topic(), await topic({ 'compression.type': 'zstd' })];
    const broker = open();
    const mend = spoilZstd('not in this house');
    try {
      const record = { topic: odd, key: 'k', value: Buffer.from('unreadable') };
      await broker.publish([record, ...numbered(sound, 1, 3)]);
      const consumer = await TestConsumer.join(open(), [sound, odd]);
      await consumer.has(3);
      await until('it is named', () => consumer.subscription.topicFaults.length > 0);
      expect(consumer.subscription.topicFaults).toMatchObject([{ topic: odd, reason: 'not in this house' }]);
      expect(lines.filter((line) => line.includes(odd))).toHaveLength(1);
      await broker.publish(numbered(sound, 4, 5));
      await consumer.has(5);
      expect(consumer.moves).toBe(0);
      mend();
      await consumer.has(6);
      await until('it is well again', () => consumer.subscription.topicFaults.length === 0);
    } finally {
      mend();
    }
  }, 90_000);

  test('members of a group that listen to different topics are given what each of them listens to', async () => {
    const [both, fresh] = [await topic(), await topic()];
    const group = randomUUID();
    const older = await TestConsumer.join(open(), [both], group);
    const newer = await TestConsumer.join(open(), [both, fresh], group);
    const placesOf = (consumer: TestConsumer) =>
      consumer.subscription.assigned.map((at) => `${at.topic}/${at.partition}`);
    const all = [both, fresh].flatMap((name) => [`${name}/0`, `${name}/1`]).sort();
    await until('all is given', () => [...placesOf(older), ...placesOf(newer)].sort().join() === all.join());
    expect(placesOf(older).every((at) => at.startsWith(both))).toBe(true);
    await open().publish(numbered(fresh, 1, 6));
    await newer.has(6);
  }, 60_000);
}
