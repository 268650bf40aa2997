import type { InstanceLock, InstanceLocks, OutboxStore } from 'saga-kit/runtime';
import { FaultyBroker, worldWith, type World } from 'saga-kit/testing';
import { aShop, Pack } from './a-shop';

let world: World;
afterEach(() => world.close());

const takeOverMs = 10_000;

/** An instance lock that is lost when a test says so, as with a connection that is cut, to somebody who has it next. */
function loosely(instanceLocks: InstanceLocks) {
  const loose = { lose: async (): Promise<InstanceLock> => Promise.reject(new Error('nobody has an instance lock')) };
  const take: InstanceLocks['take'] = async (instance, lost) => {
    const instanceLock = await instanceLocks.take(instance, lost);
    loose.lose = async () => {
      await instanceLock?.leave();
      const next = await instanceLocks.take(instance, () => {});
      lost();
      return next!;
    };
    return instanceLock;
  };
  return { loose, instanceLocks: { take } };
}

test('an instance that was taken for dead writes on, and what it does not live to send is sent by its next life', async () => {
  let faults: FaultyBroker;
  let loose: ReturnType<typeof loosely>['loose'];
  const { literal } = aShop();
  world = await worldWith(
    {
      broker: (broker) => (faults = new FaultyBroker(broker)),
      stores: (stores) => {
        const { instanceLocks, loose: one } = loosely(stores.instanceLocks);
        loose = one;
        return { ...stores, instanceLocks };
      },
    },
    literal,
  );
  await takenOver(world.storesOf('shop').outbox, await loose!.lose());
  await world.pass(takeOverMs);
  expect(world.service('shop').health().ready).toBe(true);
  faults!.fails = () => 'before';
  await world.send(Pack.of({ item: 'x', count: 1 }), { target: 'T', txId: 'a' });
  await world.pass(1_000);
  await world.crash('shop');
  faults!.fails = () => undefined;
  expect(await unsent()).toHaveLength(1);
  await world.start(literal);
  expect(await unsent()).toEqual([]);
  expect(world.log).toEqual(['Pack', 'Packed']);
});

test('what is left in the producer of an instance that was taken for dead is sent by whoever is alive', async () => {
  world = await worldWith({}, aShop().literal);
  const { database, outbox } = world.storesOf('shop');
  const session = await database.open('shop-2');
  await outbox.remove(session.producer, 'own');
  const record = { topic: 'packed', key: 'a', value: Buffer.from('x') };
  await session.commit(1, new Map(), [{ ...record, seq: 1 }]);
  await world.pass(takeOverMs);
  await world.settled();
  expect(world.records()).toMatchObject([{ topic: 'packed', value: record.value }]);
  expect(await unsent()).toEqual([]);
});

const unsent = (): Promise<unknown[]> =>
  world.storesOf('shop').reader.query((knex) => knex('kit_outbox').pluck('producer'));

/** Whoever has the instance lock meanwhile finds everything sent, and forgets its producers. */
async function takenOver(outbox: OutboxStore, instanceLock: InstanceLock): Promise<void> {
  for (const { producer } of await outbox.all()) await outbox.remove(producer, 'own');
  expect(await outbox.all()).toEqual([]);
  await instanceLock.leave();
}
