import assert from 'node:assert/strict';
import type { Broker, ConsumerRecord, TopicPartitionOffset } from '../runtime';
import type { BrokerUnderTest } from './under-test';
import { record } from './broker-records';
import type { Checks } from './case';
import { TestConsumer, nextOf, placeOf } from './test-consumer';
import { named } from './named';
import { same } from './same';
import { until } from './until';

/** How groups go through the log. */
export const groupChecks: Checks<BrokerUnderTest> = {
  'a new group starts at the beginning, and goes on with what is published later': async ({ broker, topic }) => {
    const name = await topic();
    await broker.publish(numbered(name, 1, 10));
    const consumer = await TestConsumer.join(broker, [name]);
    await consumer.has(10);
    await broker.publish(numbered(name, 11, 20));
    await consumer.has(20);
    same(consumer.values, numbers(1, 20));
    assert.equal(consumer.subscription.outage === undefined, true);
  },

  'each of two groups is handed everything, whatever the other one commits': async ({ broker, topic }) => {
    const name = await topic();
    const early = await TestConsumer.join(broker, [name]);
    await broker.publish(numbered(name, 1, 10));
    await early.commit(...(await early.has(10)));
    const late = await TestConsumer.join(broker, [name]);
    await broker.publish(numbered(name, 11, 20));
    await Promise.all([early.has(20), late.has(20)]);
    same([early.values, late.values], [numbers(1, 20), numbers(1, 20)]);
  },

  'a group goes on from its commit, and is handed again what it has not committed': async ({ broker, topic }) => {
    const name = await topic();
    await broker.publish(numbered(name, 1, 10));
    const first = await TestConsumer.join(broker, [name]);
    const [, , , fourth] = await first.has(10);
    await first.commit(fourth!);
    await first.close();
    const second = await TestConsumer.join(broker, [name], first.group);
    await second.has(6);
    await broker.publish(numbered(name, 11, 11));
    await second.has(7);
    same(second.values, numbers(5, 11));
  },

  'a group that has committed one partition begins the others at their beginning': async ({ broker, topic }) => {
    const name = await topic();
    const keys = Array.from({ length: 12 }, (_, index) => `key ${index}`);
    await broker.publish(keys.map((key) => record(name, key, key)));
    const first = await TestConsumer.join(broker, [name]);
    const [done] = await first.has(12);
    const own = first.received.filter((each) => placeOf(each) === placeOf(done!));
    assert.ok(own.length < 12, 'keys are spread');
    await first.commit(...own);
    await first.close();
    const second = await TestConsumer.join(broker, [name], first.group);
    await second.has(12 - own.length);
  },

  'a group goes on from the last of its commits': async ({ broker, topic }) => {
    const name = await topic();
    await broker.publish(numbered(name, 1, 10));
    const first = await TestConsumer.join(broker, [name]);
    const records = await first.has(10);
    await first.commit(records[1]!);
    await Promise.all([records[3]!, records[5]!, records[7]!].map((each) => first.subscription.commit([nextOf(each)])));
    await first.close();
    const second = await TestConsumer.join(broker, [name], first.group);
    await second.has(2);
    same(second.values, numbers(9, 10));
    same(await begun(broker, first.group, name), [nextOf(records[7]!)]);
  },

  'what a group has committed can be asked for': async ({ broker, topic }) => {
    const [name, other] = [await topic(), await topic()];
    const consumer = await TestConsumer.join(broker, [name, other]);
    await broker.publish([...numbered(name, 1, 3), ...numbered(other, 1, 5)]);
    const records = await consumer.has(8);
    same(await begun(broker, consumer.group, name, other), []);
    const ofOther = records.filter((each) => each.topic === other);
    await consumer.commit(...ofOther);
    same(await begun(broker, consumer.group, name, other), [nextOf(ofOther.at(-1)!)]);
    same(await begun(broker, consumer.group, name), []);
    same(await begun(broker, named('group'), name, other), []);
  },

  'how far each group has read topics can be asked for': async ({ broker, topic }) => {
    if (!broker.readers) return; // it cannot know
    const name = await topic();
    await broker.publish(numbered(name, 1, 5));
    const [ahead, behind] = [await TestConsumer.join(broker, [name]), await TestConsumer.join(broker, [name])];
    const [records] = await Promise.all([ahead.has(5), behind.has(5)]);
    await ahead.commit(...records);
    await behind.commit(records[1]!);
    const read = (await broker.readers([name])).filter(({ offset }) => offset > 0n);
    const offsets = read.map(({ offset }) => offset).sort();
    same(offsets, [nextOf(records[1]!).offset, nextOf(records[4]!).offset]);
  },

  'how far a topic went at a time is known from its records': async ({ broker, topic }) => {
    if (!broker.endsAt) return; // it cannot know
    const name = await topic();
    await broker.publish(numbered(name, 1, 5));
    const between = await aLaterDate();
    await aLaterDate();
    await broker.publish(numbered(name, 6, 8));
    const countAt = async (at: Date) =>
      (await broker.endsAt!([name], at)).reduce((count, { offset }) => count + offset, 0n);
    same(await countAt(new Date(0)), 0n);
    same(await countAt(between), 5n);
    same(await countAt(new Date(between.getTime() + 3_600_000)), 8n);
  },

  'a partition that is paused hands over nothing, and misses nothing when it goes on; others go on': async (tested) => {
    const { broker, topic } = tested;
    const [name, other] = [await topic(), await topic()];
    const [pausing, witness] = [
      await TestConsumer.join(broker, [name, other]),
      await TestConsumer.join(broker, [name]),
    ];
    await broker.publish(numbered(name, 1, 5));
    const [{ partition }] = (await Promise.all([pausing.has(5), witness.has(5)]))[0] as [ConsumerRecord];
    pausing.subscription.pause({ topic: name, partition });
    await broker.publish(numbered(name, 6, 6)); // this one may answer a question that was on its way
    await witness.has(6);
    await broker.publish(numbered(name, 7, 30));
    await witness.has(30);
    await broker.publish(numbered(other, 1, 10));
    const of = (which: string) => pausing.received.filter((each) => each.topic === which).length;
    await until('the other topic is handed over', () => of(other) === 10);
    assert.ok(of(name) <= 6, `${of(name)} of 30 are handed over, after 5 and a pause`);
    pausing.subscription.resume({ topic: name, partition });
    await pausing.has(40);
    same(
      pausing.received.filter((each) => each.topic === name).map(({ value }) => String(value)),
      numbers(1, 30),
    );
  },

  'nothing is handed over after a subscription is closed, and others go on': async ({ broker, topic }) => {
    const name = await topic();
    const [closed, witness] = [await TestConsumer.join(broker, [name]), await TestConsumer.join(broker, [name])];
    await broker.publish(numbered(name, 1, 5));
    await Promise.all([closed.has(5), witness.has(5)]);
    await broker.publish(numbered(name, 6, 600));
    await closed.close();
    const handed = closed.received.length;
    await broker.publish(numbered(name, 601, 605));
    await witness.has(605);
    assert.equal(closed.received.length, handed);
  },
};

/** Records of one key, so of one partition. */
export const numbered = (topic: string, from: number, to: number) =>
  numbers(from, to).map((number) => record(topic, 'k', number));

export const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `${from + index}`);

/** A partition that a group has not begun may be missing, or at its beginning. */
const begun = async (broker: Broker, group: string, ...topics: readonly string[]): Promise<TopicPartitionOffset[]> =>
  (await broker.committed(group, topics)).filter(({ offset }) => offset > 0n);

/** Later than whatever has been written so far. */
async function aLaterDate(): Promise<Date> {
  const beganMs = Date.now();
  await until('time has passed', () => Date.now() > beganMs);
  return new Date();
}
