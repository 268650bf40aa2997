import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { brokerCases, caseMs, type BrokerFeatures, type BrokerUnderTest } from '../src/conformance';
import { numbered } from '../src/conformance/broker-groups';
import { record } from '../src/conformance/broker-records';
import { byPartition, TestConsumer } from '../src/conformance/test-consumer';
import { until } from '../src/conformance/until';
import type { Broker } from '../src/runtime';
import { given } from './given';
import { createTopic, kafkaAdmin, silent, type KafkaLine } from './kafka-lines';

const features: BrokerFeatures = { durable: 'yes', sharing: 'yes' };
const partitions = 4;

/** What a broker promises, and what Kafka promises besides. */
export function kafkaBrokerTests(client: string, line: () => KafkaLine): void {
  given('KAFKA_BROKERS')(`Kafka, with ${client}`, () => {
    for (const { name, run } of brokerCases(() => open(line), features)) test(name, run, caseMs);
  });
  given('KAFKA_BROKERS')(`Kafka, with ${client}, when something goes wrong`, () => whenSomethingGoesWrong(line));
  given('KAFKA_BROKERS')(`Kafka, with ${client}, when partitions move`, () => whenPartitionsMove(line));
}

function whenPartitionsMove(line: () => KafkaLine): void {
  let tested: Tested;
  beforeEach(async () => (tested = await open(line)));
  afterEach(() => tested.close());

  test('partitions that move while records are in hand: what is not committed is handed over once more, to one member', async () => {
    const name = await tested.topic();
    const keys = Array.from({ length: 40 }, (_, index) => `key ${index}`);
    const first = await TestConsumer.join(tested.broker, [name]);
    await tested.broker.publish(keys.map((key) => record(name, key, key)));
    const begun = [...byPartition(await first.has(40)).values()];
    const done = begun.flatMap((records) => records.slice(0, 3));
    await first.commit(...done);
    const second = await TestConsumer.join(tested.openAs('another'), [name], first.group);
    await until('each has a half', () => first.subscription.assigned.length === 2);
    await until('all is handed over', () => first.received.length + second.received.length >= 40);
    expect([...first.values, ...second.values].sort()).toEqual([...keys].sort());
    expect(second.values.filter((value) => done.some((each) => String(each.value) === value))).toEqual([]);
    expect(first.moves).toBe(1);
    await Promise.all([first, second].map((each) => each.commit(...each.received)));
  }, 60_000);
}

function whenSomethingGoesWrong(line: () => KafkaLine): void {
  let tested: Tested;
  beforeEach(async () => (tested = await open(line)));
  afterEach(() => tested.close());

  test('a former life of the same client is thrown out of its group, and not waited for', async () => {
    const name = await tested.topic();
    const before = await TestConsumer.join(tested.openAs('me', { sessionTimeoutMs: 300_000 }), [name]);
    tested.lines.at(-1)!.cut();
    const after = await TestConsumer.join(tested.openAs('me', { sessionTimeoutMs: 300_000 }), [name], before.group);
    await tested.broker.publish(numbered(name, 1, 3));
    await after.has(3);
  }, 60_000);

  test('a consumer that has crashed is replaced, and everything that was not committed is handed over again', async () => {
    const { broker, topic } = tested;
    const name = await topic();
    const consumer = await TestConsumer.join(tested.openAs('crashing'), [name]);
    const line = tested.lines.at(-1)!;
    await broker.publish(numbered(name, 1, 5));
    const [first] = await consumer.has(5);
    await consumer.commit(first!);
    line.cut();
    await until('it is seen to be unwell', () => consumer.subscription.outage !== undefined);
    await assert.rejects(consumer.commit(consumer.received[1]!));
    await broker.publish(numbered(name, 6, 6));
    line.mend();
    await consumer.has(6);
    expect(consumer.values).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(consumer.moves).toBeGreaterThan(0);
    await until('it is well again', () => consumer.subscription.outage === undefined);
    await consumer.commit(...consumer.received);
  }, 60_000);

  test('a publish that fails is told, and the next one is sent on other connections', async () => {
    const name = await tested.topic();
    const broker = tested.openAs('publishing');
    const line = tested.lines.at(-1)!;
    await broker.publish(numbered(name, 1, 1));
    line.cut();
    const failing = await broker.publish(numbered(name, 2, 2)).catch(() => []);
    expect(failing.every(({ status }) => status === 'failed')).toBe(true);
    line.mend();
    await until('it is taken', async () => {
      const [outcome] = await broker.publish(numbered(name, 2, 2)).catch(() => []);
      return outcome?.status === 'durable';
    });
    await broker.publish(numbered(name, 3, 3));
    const consumer = await TestConsumer.join(tested.broker, [name]);
    await consumer.has(3);
    expect(consumer.values).toEqual(['1', '2', '3']);
  }, 60_000);

  test('topics are not made; where none of them is there, they are named', async () => {
    const name = `missing-${randomUUID()}`;
    await expect(TestConsumer.join(tested.broker, [name])).rejects.toThrow(
      `these topics are missing: ${name}; create them with "npx saga-kit topics create"`,
    );
    const [outcome] = await tested.broker.publish(numbered(name, 1, 1));
    expect(outcome).toMatchObject({ status: 'failed', reason: `the topic ${name} is not there`, isAnswer: true });
    expect(await tested.broker.ends([await tested.topic()])).toHaveLength(partitions);
  }, 60_000);
}

interface Tested extends BrokerUnderTest {
  /** Of each broker that was opened. */
  readonly lines: readonly KafkaLine[];
  readonly openAs: (clientId: string, options?: { readonly sessionTimeoutMs: number }) => Broker;
}

async function open(lineOf: () => KafkaLine): Promise<Tested> {
  const brokers: Broker[] = [];
  const lines: KafkaLine[] = [];
  const openAs = (clientId: string, options = { sessionTimeoutMs: 10_000 }) => {
    const line = lineOf();
    lines.push(line);
    const broker = line.broker({ clientId, log: silent, ...options });
    brokers.push(broker);
    return broker;
  };
  const clientId = randomUUID();
  const admin = kafkaAdmin();
  await admin.connect();
  const topics: string[] = [];
  return {
    lines,
    openAs,
    broker: openAs(clientId),
    partitions,
    topic: async () => {
      const topic = `conformance-${randomUUID()}`;
      await createTopic(admin, { topic, numPartitions: partitions });
      topics.push(topic);
      return topic;
    },
    restart: async () => {
      lines[0]!.cut();
      return openAs(clientId);
    },
    another: async () => openAs(randomUUID()),
    close: async () => {
      await Promise.all(brokers.map((broker) => broker.close()));
      await admin.deleteTopics({ topics });
      await admin.disconnect();
    },
  };
}
