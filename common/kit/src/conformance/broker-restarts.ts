import assert from 'node:assert/strict';
import type { BrokerUnderTest } from './under-test';
import { numbered, numbers } from './broker-groups';
import { record } from './broker-records';
import type { Checks } from './case';
import { byPartition, TestConsumer, nextOf } from './test-consumer';
import { named } from './named';
import { same } from './same';
import { until } from './until';

/** What is left when everything was killed. */
export const durabilityChecks: Checks<BrokerUnderTest> = {
  'what was published is there after a crash': async ({ broker, topic, restart }) => {
    const name = await topic();
    await broker.publish(numbered(name, 1, 3));
    const consumer = await TestConsumer.join(await restart!(), [name]);
    await consumer.has(3);
    same(consumer.values, numbers(1, 3));
  },

  'offsets go on after a crash': async ({ broker, topic, restart }) => {
    const name = await topic();
    await broker.publish(numbered(name, 1, 3));
    const before = await (await TestConsumer.join(broker, [name])).has(3);
    const again = await restart!();
    await again.publish(numbered(name, 4, 5));
    const after = await (await TestConsumer.join(again, [name])).has(5);
    same(after.slice(0, 3), before);
    const { partition } = after[0]!;
    const end = (await again.ends([name])).find((at) => at.partition === partition);
    same(end, nextOf(after[4]!));
  },

  'a group goes on from its commit after a crash': async ({ broker, topic, restart }) => {
    const name = await topic();
    await broker.publish(numbered(name, 1, 5));
    const before = await TestConsumer.join(broker, [name]);
    const [, second] = await before.has(5);
    await before.commit(second!);
    const after = await TestConsumer.join(await restart!(), [name], before.group);
    await after.has(3);
    same(after.values, numbers(3, 5));
  },
};

export const lackOfDurability: Checks<BrokerUnderTest> = {
  'nothing is left after a crash': async ({ restart }) => {
    assert.equal(restart, undefined, 'it can be opened again: test whether everything is there');
  },
};

/** What members of a group are to each other. */
export const sharingChecks: Checks<BrokerUnderTest> = {
  'members of a group share its partitions; each has one owner': async ({ broker, topic, another }) => {
    const name = await topic();
    const group = named('group');
    const first = await TestConsumer.join(broker, [name], group);
    const second = await TestConsumer.join(await another!(), [name], group);
    const keys = Array.from({ length: 60 }, (_, index) => `key ${index}`);
    await broker.publish(keys.map((key) => record(name, key, key)));
    await until('both are handed everything', () => first.received.length + second.received.length >= keys.length);
    const [own, others] = [new Set(byPartition(first.received).keys()), new Set(byPartition(second.received).keys())];
    assert.ok(own.size > 0 && others.size > 0, 'each has a part');
    same(
      [...own].filter((place) => others.has(place)),
      [],
    );
    same([...first.values, ...second.values].sort(), [...keys].sort());
    assert.ok(first.moves > 0, 'the first was told that partitions have moved');
  },

  'who stays is handed what a member that leaves has not committed': async ({ broker, topic, another }) => {
    const name = await topic();
    const group = named('group');
    const keys = Array.from({ length: 60 }, (_, index) => `key ${index}`);
    await broker.publish(keys.map((key) => record(name, key, key)));
    const leaving = await TestConsumer.join(await another!(), [name], group);
    const [done] = await leaving.has(keys.length);
    await leaving.commit(done!);
    const staying = await TestConsumer.join(broker, [name], group);
    await leaving.close();
    await until('who stays has the rest', () => staying.received.length >= keys.length - 1);
    same([String(done!.value), ...staying.values].sort(), [...keys].sort());
  },
};

export const lackOfSharing: Checks<BrokerUnderTest> = {
  'a second member of a group is turned away': async ({ broker, topic, another }) => {
    const name = await topic();
    const { group } = await TestConsumer.join(broker, [name]);
    await assert.rejects(TestConsumer.join(broker, [name], group));
    assert.equal(another, undefined);
  },
};
