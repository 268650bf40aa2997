import type { Lanes, Seat, Seats } from 'saga-kit/runtime';
import { FaultyBroker, worldWith, type World } from 'saga-kit/testing';
import { aShop, Pack } from './a-shop';

let world: World;
afterEach(() => world.close());

const takeOverMs = 10_000;

/** A seat that is lost when a test says so, as with a connection that is cut, to somebody who has it next. */
function loosely(seats: Seats) {
  const loose = { lose: async (): Promise<Seat> => Promise.reject(new Error('nobody has a seat')) };
  const take: Seats['take'] = async (instance, lost) => {
    const seat = await seats.take(instance, lost);
    loose.lose = async () => {
      await seat?.leave();
      const next = await seats.take(instance, () => {});
      lost();
      return next!;
    };
    return seat;
  };
  return { loose, seats: { take } };
}

test('an instance that was taken for dead writes on, and what it does not live to send is sent by its next life', async () => {
  let faults: FaultyBroker;
  let loose: ReturnType<typeof loosely>['loose'];
  const { literal } = aShop();
  world = await worldWith(
    {
      broker: (broker) => (faults = new FaultyBroker(broker)),
      stores: (stores) => {
        const { seats, loose: one } = loosely(stores.seats);
        loose = one;
        return { ...stores, seats };
      },
    },
    literal,
  );
  await takenOver(world.storesOf('shop').lanes, await loose!.lose());
  await world.pass(takeOverMs);
  expect(world.service('shop').health().ready).toBe(true);
  faults!.fails = () => 'before';
  await world.send(Pack.of({ item: 'x', count: 1 }), { target: 'T', txId: 'a' });
  await world.pass(1_000);
  await world.crash('shop');
  faults!.fails = () => undefined;
  expect(await outbox()).toHaveLength(1);
  await world.start(literal);
  expect(await outbox()).toEqual([]);
  expect(world.log).toEqual(['Pack', 'Packed']);
});

test('what is left in the lane of an instance that was taken for dead is sent by whoever is alive', async () => {
  world = await worldWith({}, aShop().literal);
  const { database, lanes } = world.storesOf('shop');
  const session = await database.open('shop-2');
  await lanes.remove(session.lane, 'own');
  const record = { topic: 'packed', key: 'a', value: Buffer.from('x') };
  await session.commit(1, new Map(), [{ ...record, seq: 1 }]);
  await world.pass(takeOverMs);
  await world.settled();
  expect(world.records()).toMatchObject([{ topic: 'packed', value: record.value }]);
  expect(await outbox()).toEqual([]);
});

const outbox = (): Promise<unknown[]> =>
  world.storesOf('shop').reading.query((knex) => knex('kit_outbox').pluck('lane'));

/** Whoever has the seat meanwhile finds everything sent, and forgets its lanes. */
async function takenOver(lanes: Lanes, seat: Seat): Promise<void> {
  for (const { lane } of await lanes.all()) await lanes.remove(lane, 'own');
  expect(await lanes.all()).toEqual([]);
  await seat.leave();
}
