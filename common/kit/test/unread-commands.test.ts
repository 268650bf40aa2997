import { type Broker, type TopicPartitionOffset } from 'saga-kit/runtime';
import { UnreadCommands } from '../src/runtime/saga/unread-commands';
import { FaultyBroker, type WorldOptions } from 'saga-kit/testing';
import { aShipping, shippingSaga } from './a-shipping';
import { Pack } from './a-shop';
import { givenUp, waits } from './a-wait';

const topic = Pack.topic;

/** A partition, what is known of it, and a clock that a test sets. */
function seen() {
  let nowMs = 0;
  let [end, readers] = [0n, [] as readonly bigint[]];
  const at = (offset: bigint): TopicPartitionOffset => ({ topic, partition: 0, offset });
  const broker: Pick<Broker, 'ends' | 'readers'> = {
    ends: async () => [at(end)],
    readers: async () => readers.map(at),
  };
  const unread = new UnreadCommands(broker as Broker, [shippingSaga], { now: () => new Date(nowMs) });
  return {
    unread,
    look: async (atMs: number, endsAt: number, ...readAt: readonly number[]) => {
      [nowMs, end, readers] = [atMs, BigInt(endsAt), readAt.map(BigInt)];
      await unread.look();
    },
    untilMs: (askedMs: number) => unread.untilMs(topic, 'a', askedMs),
  };
}

test('a command waits unread for as long as its reader works through what was sent before', async () => {
  const { look, untilMs } = seen();
  await look(1_000, 100, 10);
  await look(6_000, 200, 50);
  await look(11_000, 300, 90);
  expect(untilMs(2_000)).toBe(11_000);
  await look(16_000, 400, 130);
  expect(untilMs(2_000)).toBe(11_000);
  expect(untilMs(7_000)).toBe(16_000);
});

test('a reader that reads nothing more is not waited for', async () => {
  const { look, untilMs } = seen();
  await look(1_000, 100, 10);
  await look(6_000, 100, 50);
  for (const atMs of [11_000, 16_000, 21_000]) await look(atMs, 100, 50);
  expect(untilMs(2_000)).toBe(6_000);
  expect(untilMs(7_000)).toBeUndefined();
});

test('nothing is unread that one of the readers has read, nor where nobody reads or everything is read', async () => {
  const { look, untilMs } = seen();
  await look(1_000, 100, 10, 60);
  await look(6_000, 200, 50, 120);
  expect(untilMs(2_000)).toBeUndefined();
  await look(11_000, 200, 200);
  expect(untilMs(2_000)).toBeUndefined();
  await look(16_000, 300);
  expect(untilMs(12_000)).toBeUndefined();
  await look(21_000, 400, 300);
  expect(untilMs(500)).toBeUndefined();
});

test('after a start it is known what was sent before, and that those who read may be starting, too', async () => {
  let nowMs = 100_000;
  let read = 400n;
  const at = (offset: bigint): TopicPartitionOffset => ({ topic, partition: 0, offset });
  const endAt = (ms: number) => BigInt(Math.max(0, Math.min(1_000, Math.floor(ms / 100)))); // ten a second, until now
  const broker: Pick<Broker, 'ends' | 'readers' | 'endsAt'> = {
    ends: async () => [at(endAt(nowMs))],
    readers: async () => [at(read)],
    endsAt: async (_topics, when) => [at(endAt(when.getTime()))],
  };
  const unread = new UnreadCommands(broker as Broker, [shippingSaga], { now: () => new Date(nowMs) });
  const look = async (atMs: number, readAt: bigint) => {
    [nowMs, read] = [atMs, readAt];
    await unread.look();
  };
  await look(100_000, 400n);
  expect(unread.untilMs(topic, 'a', 30_000)).toBeUndefined(); // read long ago
  expect(unread.untilMs(topic, 'a', 50_000)).toBe(100_000);
  await look(120_000, 400n);
  expect(unread.untilMs(topic, 'a', 50_000)).toBe(120_000);
  await look(140_000, 400n); // they have not begun
  expect(unread.untilMs(topic, 'a', 50_000)).toBe(120_000);
  await look(145_000, 450n);
  expect(unread.untilMs(topic, 'a', 50_000)).toBe(145_000);
  await look(150_000, 700n);
  expect(unread.untilMs(topic, 'a', 50_000)).toBe(145_000);
  expect(unread.untilMs(topic, 'a', 90_000)).toBe(150_000);
});

describe('a saga whose step nobody answers', () => {
  const { open, begin, stillWaits, sagaOf } = waits();

  test('is not given up while its command is behind a reader that goes on, and is when the reader has stopped', async () => {
    let [read, isReading] = [0n, true];
    const broker: WorldOptions['broker'] = (real) => {
      const faults = new FaultyBroker(real);
      faults.loses = (record) => record.topic === Pack.reply.topic;
      const at = (offset: bigint) => (asked: readonly string[]) =>
        asked.includes(topic) ? [{ topic, partition: 0, offset }] : [];
      return Object.assign(faults, {
        ends: async (asked: readonly string[]) => [
          ...(await real.ends(asked.filter((each) => each !== topic))),
          ...at(1_000_000n)(asked),
        ],
        readers: async (asked: readonly string[]) => at((read += isReading ? 1n : 0n))(asked),
      });
    };
    const world = await open({ broker }, aShipping());
    await world.pass(10_000);
    await begin('a');
    await stillWaits(200_000, 'a');
    isReading = false;
    await stillWaits(50_000, 'a');
    await world.pass(20_000);
    expect(await sagaOf('a')).toMatchObject(givenUp);
  });
});
