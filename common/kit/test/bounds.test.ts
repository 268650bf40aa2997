import { Unprocessable } from 'saga-kit';
import type { Broker, SubscriptionRequest, TopicPartitionOffset } from 'saga-kit/runtime';
import { worldWith, type World } from 'saga-kit/testing';
import { aShop, Pack } from './a-shop';

let world: World;
afterEach(() => world.close());

const parkedOfALineMax = 1_000;
const windowMax = 5_000;
/** One answer of the embedded broker. */
const fetchMax = 500;

const pack = (txId: string, item: string, target = 'SHIPPING') =>
  world.send(Pack.of({ item, count: 1 }), { target, txId });
const query = (sql: string) => world.storesOf('shop').reader.query((knex) => knex.raw(sql));

test('an ordering key parks so much and no more; its next message waits for a place, readiness says so, and others go on', async () => {
  const { literal, handled } = aShop((item) => {
    if (item === 'bad') throw new Unprocessable('no');
  });
  world = await worldWith({}, literal);
  for (let saga = 0; saga <= parkedOfALineMax; saga++) await pack('a', 'bad', `SAGA${saga}`);
  await world.pass(1_000);
  await pack('b', 'good');
  await world.pass(1_000);
  expect(handled).toEqual(['good']);
  expect(await query('select count(*) as parked from kit_parked')).toEqual([{ parked: parkedOfALineMax }]);
  expect(world.service('shop').health()).toEqual({
    ready: false,
    reasons: ['1 line has 1000 parked messages, and no more may be: replay or drop some'],
  });
});

test('a partition that waits for one message pauses when so much is handed over behind it, and loses nothing', async () => {
  const { broker, handedOver, committed } = watched();
  let stuck = true;
  const { literal } = aShop((item) => {
    if (item === 'bad' && stuck) throw new Error('the conveyor is stuck');
  });
  world = await worldWith({ broker }, literal);
  await pack('a', 'bad');
  const copy = await pack('a', 'good', 'ANOTHER'); // of the same line
  const behind = windowMax + 5 * fetchMax;
  world.put(...Array.from({ length: behind - 1 }, () => copy));
  await world.pass(2_000);
  const [handed] = handedOver.values();
  expect(handed).toBeGreaterThan(windowMax);
  expect(handed).toBeLessThanOrEqual(windowMax + fetchMax + 1);
  expect(committed).toEqual([]);
  stuck = false;
  await world.settled();
  expect(await query('select item, count from parcels')).toEqual([{ item: 'good', count: 2 }]);
  expect([...handedOver.values()]).toEqual([1 + behind]);
  expect(committed.at(-1)?.offset).toBe(BigInt(1 + behind));
});

test('a commit of positions that fails is made up for', async () => {
  const { broker, committed, fails } = watched();
  const { literal } = aShop();
  world = await worldWith({ broker }, literal);
  fails.next = 1;
  await pack('a', 'good');
  await world.settled();
  await world.pass(2_000);
  expect(fails.next).toBe(0);
  expect(committed).toMatchObject([{ topic: 'shop', offset: 1n }]);
});

/** Counts what is handed over by partition, and keeps what is committed. */
function watched() {
  const handedOver = new Map<string, number>();
  const committed: TopicPartitionOffset[] = [];
  const fails = { next: 0 };
  const broker = (inner: Broker): Broker => ({
    publish: (records) => inner.publish(records),
    ends: (topics) => inner.ends(topics),
    committed: (group, topics) => inner.committed(group, topics),
    close: () => inner.close(),
    subscribe: async (wanted: SubscriptionRequest) => {
      const receive: SubscriptionRequest['receive'] = (records) => {
        for (const { topic, partition } of records) {
          const name = `${topic}/${partition}`;
          handedOver.set(name, (handedOver.get(name) ?? 0) + 1);
        }
        wanted.receive(records);
      };
      const subscription = await inner.subscribe({ ...wanted, receive });
      return {
        outage: undefined,
        topicFaults: [],
        assigned: subscription.assigned,
        pause: (place) => subscription.pause(place),
        resume: (place) => subscription.resume(place),
        close: () => subscription.close(),
        commit: async (positions) => {
          if (fails.next-- > 0) throw new Error('the coordinator has moved');
          fails.next = 0;
          await subscription.commit(positions);
          committed.push(...positions);
        },
      };
    },
  });
  return { broker, handedOver, committed, fails };
}
