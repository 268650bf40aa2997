import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { ProducerRecord } from '../runtime';
import type { BrokerUnderTest } from './under-test';
import type { Checks } from './case';
import { TestConsumer, placeOf } from './test-consumer';
import { same } from './same';

/** What becomes of records on their way through the log. */
export const recordChecks: Checks<BrokerUnderTest> = {
  'records of one key are handed over in the order in which they were published': async ({ broker, topic }) => {
    const name = await topic();
    const consumer = await TestConsumer.join(broker, [name]);
    const keys = Array.from({ length: 17 }, (_, index) => `key ${index}`);
    const numbers = Array.from({ length: 70 }, (_, index) => index);
    const records = numbers.flatMap((number) => keys.map((key) => record(name, key, `${number}`)));
    for (const count of [1, 999, 190]) await broker.publish(records.splice(0, count));
    const received = await consumer.has(1_190);
    for (const key of keys) {
      const own = received.filter((each) => String(each.key) === key);
      same(
        own.map(({ value }) => Number(value)),
        numbers,
      );
      assert.equal(new Set(own.map(placeOf)).size, 1, `${key} is in one partition`);
    }
  },

  'a key has the partition that Kafka gives it': async ({ broker, topic, partitions }) => {
    const name = await topic();
    const consumer = await TestConsumer.join(broker, [name]);
    const keys = Object.keys(hashes);
    await broker.publish(keys.map((key) => record(name, key, key)));
    const received = await consumer.has(keys.length);
    const found = new Map(received.map(({ key, partition }) => [String(key), partition]));
    const expected = new Map(Object.entries(hashes).map(([key, hash]) => [key, (hash & 0x7fffffff) % partitions]));
    same(found, expected);
  },

  'one call publishes to several topics': async ({ broker, topic }) => {
    const [some, others] = [await topic(), await topic()];
    const [first, second, both] = [
      await TestConsumer.join(broker, [some]),
      await TestConsumer.join(broker, [others]),
      await TestConsumer.join(broker, [some, others]),
    ];
    const publish = (...values: readonly string[]) =>
      broker.publish(values.map((value) => record(value < 'n' ? some : others, 'k', value)));
    await publish('a', 'x');
    await Promise.all([first.has(1), second.has(1), both.has(2)]);
    await publish('b', 'y', 'c'); // now that everybody is waiting for it
    await Promise.all([first.has(3), second.has(2), both.has(5)]);
    same(
      [first.values, second.values],
      [
        ['a', 'b', 'c'],
        ['x', 'y'],
      ],
    );
    const inTopic = (topic: string) => both.received.filter((each) => each.topic === topic);
    same([inTopic(some), inTopic(others)], [first.received, second.received]);
  },

  'bytes come out as they went in': async ({ broker, topic }) => {
    const name = await topic();
    const consumer = await TestConsumer.join(broker, [name]);
    const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const values = [Buffer.alloc(0), Buffer.alloc(1), Buffer.alloc(5), every, randomBytes(800_000)];
    for (const value of values) await broker.publish([{ topic: name, key: 'k', value }]);
    for (const [index, { key, value, headers }] of (await consumer.has(values.length)).entries()) {
      assert.ok(value?.equals(values[index]!), `value ${index}`);
      same({ key, headers }, { key: Buffer.from('k'), headers: [] });
    }
  },

  'headers come out as they went in: lists in their order, bytes as they are, whatever they are called': async ({
    broker,
    topic,
  }) => {
    const name = await topic();
    const consumer = await TestConsumer.join(broker, [name]);
    const bytes = Buffer.from([0, 255, 254, 128]);
    const headers = (
      [
        ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
        ['list', 'first'],
        ['list', 'second'],
        ['list', ''],
        ['ключ', 'значение'],
        ['constructor', 'one'],
        ['toString', 'two'],
      ] as const
    ).map(([header, value]) => [header, Buffer.from(value)] as const);
    const all = [...headers, ['bytes', bytes] as const];
    const outcomes = await broker.publish([{ ...record(name, 'k', 'v'), headers: all }, record(name, 'k', 'without')]);
    same(outcomes, [{ status: 'durable' }, { status: 'durable' }]);
    const [first, second] = await consumer.has(2);
    same(first!.headers, all);
    same(second!.headers, []);
  },

  'the ends of a topic are where its next records go': async ({ broker, topic, partitions }) => {
    const [name, empty] = [await topic(), await topic()];
    const consumer = await TestConsumer.join(broker, [name]);
    const places = Array.from({ length: partitions }, (_, partition) => partition);
    const ends = async (of: string) =>
      new Map((await broker.ends([empty, name])).flatMap((at) => (at.topic === of ? [[at.partition, at.offset]] : [])));
    same(await ends(name), new Map(places.map((place) => [place, 0n])));
    await broker.publish(Array.from({ length: 40 }, (_, index) => record(name, `key ${index}`, '')));
    const records = await consumer.has(40);
    const expected = new Map(places.map((place) => [place, 0n]));
    for (const { partition, offset } of records) expected.set(partition, offset + 1n);
    same(await ends(name), expected);
    assert.equal((await broker.ends([empty, name])).length, 2 * partitions);
    same(await ends(empty), new Map(places.map((place) => [place, 0n])));
  },

  'for how long topics keep their records is told of each, in the order in which they were asked for, or of none':
    async ({ broker, topic }) => {
      const names = [await topic(), await topic()];
      const told = await broker.retention?.(names);
      if (!told) return;
      same(
        told.map((each) => each.topic),
        names,
      );
      for (const { keptMs, reason } of told) assert.ok(keptMs !== undefined && keptMs >= 0 && reason !== '', reason);
      same(await broker.retention?.([]), []);
    },
};

export const record = (topic: string, key: string, value: string): ProducerRecord => ({
  topic,
  key,
  value: Buffer.from(value),
});

/** `org.apache.kafka.common.utils.Utils.murmur2` of the keys in UTF-8, as the Java client 4.1.1 has it. */
const hashes: Readonly<Record<string, number>> = {
  '': 275646681,
  '0': 971027396,
  '21': -973932308,
  abc: 479470107,
  foobar: -790332482,
  'a-little-bit-long-string': -985981536,
  'a-little-bit-longer-string': -1486304829,
  lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8: -58897971,
  '0197d9a2-7d5c-7000-8000-00000000002a': 2140627724,
  ü: 1419834458,
  ключ: 2122343024,
  été: -2101193575,
  注文: -491775137,
  '🍕': 1236302697,
  'ÿþ€': -983321384,
};
