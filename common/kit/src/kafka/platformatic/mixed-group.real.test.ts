import { randomUUID } from 'node:crypto';
import { given } from '../../../test/given';
import {
  createTopic,
  kafkaAdmin,
  KafkajsLine,
  PlatformaticLine,
  silent,
  type KafkaLine,
} from '../../../test/kafka-lines';
import { numbers } from '../../conformance/broker-groups';
import { record } from '../../conformance/broker-records';
import { TestConsumer } from '../../conformance/test-consumer';
import { until } from '../../conformance/until';
import type { Broker } from '../../runtime';

given('KAFKA_BROKERS')('instances with different clients', () => {
  const admin = kafkaAdmin();
  const brokers: Broker[] = [];
  const open = (line: KafkaLine, clientId: string = randomUUID()) => {
    const broker = line.broker({ clientId, sessionTimeoutMs: 300_000, log: silent });
    brokers.push(broker);
    return broker;
  };
  const topics: string[] = [];
  const ownTopic = async () => {
    const topic = `mixed-${randomUUID()}`;
    await createTopic(admin, { topic, numPartitions: 4 });
    topics.push(topic);
    return topic;
  };
  beforeAll(() => admin.connect());
  afterEach(() => Promise.all(brokers.splice(0).map((broker) => broker.close())));
  afterAll(async () => {
    await admin.deleteTopics({ topics });
    await admin.disconnect();
  });

  test.each([
    { first: KafkajsLine, second: PlatformaticLine },
    { first: PlatformaticLine, second: KafkajsLine },
  ])('share the partitions of a group: $first.name, joined by $second.name', async ({ first, second }) => {
    const topic = await ownTopic();
    const one = await TestConsumer.join(open(new first()), [topic]);
    const other = await TestConsumer.join(open(new second()), [topic], one.group);
    await until('each has a half', () => one.subscription.assigned.length === 2);
    expect(other.subscription.assigned).toHaveLength(2);
    await open(new second()).publish(numbers(1, 60).map((key) => record(topic, key, key)));
    await until('all is handed over', () => one.received.length + other.received.length === 60);
    expect([...one.values, ...other.values].sort()).toEqual(numbers(1, 60).sort());
    await Promise.all([one.commit(...one.received), other.commit(...other.received)]);
    await one.close();
    await until('who stays has all partitions', () => other.subscription.assigned.length === 4);
    await open(new first()).publish(numbers(61, 70).map((key) => record(topic, key, key)));
    const own = other.values.length;
    await other.has(own + 10);
  });

  test.each([
    { before: KafkajsLine, after: PlatformaticLine },
    { before: PlatformaticLine, after: KafkajsLine },
  ])('take the seat of their former life: $before.name, come back as $after.name', async ({ before, after }) => {
    const topic = await ownTopic();
    const line = new before();
    const killed = await TestConsumer.join(open(line, `me-${topic}`), [topic]);
    await open(new before()).publish(numbers(1, 9).map((value) => record(topic, 'k', value)));
    await killed.commit((await killed.has(9))[4]!);
    line.cut();
    const back = await TestConsumer.join(open(new after(), `me-${topic}`), [topic], killed.group);
    await back.has(4);
    expect(back.values).toEqual(numbers(6, 9));
  });
});
