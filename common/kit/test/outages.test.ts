import { Overloaded } from 'saga-kit';
import { RegistryUnavailable } from 'saga-kit/runtime';
import { FaultyBroker, faultyStores, stub, worldWith, type World, type WorldOptions } from 'saga-kit/testing';
import { aShipping, Carry, ended, shippingSaga, ShippingWork } from './a-shipping';
import { aShop, Pack, Unpack } from './a-shop';

let world: World;
afterEach(() => world.close());
beforeEach(() => void ended.splice(0));

const longMs = 600_000;
const parked = () => world.storesOf('shop').reader.query((knex) => knex('kit_parked'));

test('while the database is away nothing is consumed and nobody uses up a budget; then everything goes on', async () => {
  let down = false;
  const { literal, handled } = aShop();
  world = await worldWith(
    {
      stores: (stores) =>
        faultyStores(
          stores,
          () => undefined,
          () => down,
        ),
    },
    literal,
  );
  down = true;
  await world.send(Pack.of({ item: 'x', count: 1 }), { target: 'T', txId: 'a' });
  await world.pass(longMs);
  expect(world.service('shop').health()).toEqual({
    ready: false,
    reasons: ['the database does not answer: the test has taken the database away'],
  });
  expect(world.log).toEqual(['Pack']);
  down = false;
  await world.pass(10_000);
  await world.settled();
  expect(world.log).toEqual(['Pack', 'Packed']);
  expect(await parked()).toEqual([]);
  expect(handled.length).toBeGreaterThan(0);
  expect(world.service('shop').health()).toEqual({ ready: true, reasons: [] });
});

test('while the registry is away, what cannot be read yet waits, unparked', async () => {
  const { literal } = aShop();
  let away = true;
  world = await worldWith(
    {
      registry: (registry) => ({
        idOf: (...asked) => registry.idOf(...asked),
        register: (...asked) => registry.register(...asked),
        schemaOf: async (id) => {
          if (away) throw new RegistryUnavailable('the test has taken the registry away');
          return registry.schemaOf(id);
        },
      }),
    },
    literal,
  );
  await world.send(Pack.of({ item: 'x', count: 1 }), { target: 'T', txId: 'a' });
  await world.pass(longMs);
  expect(world.service('shop').health()).toEqual({
    ready: false,
    reasons: ['the schema registry does not answer: the test has taken the registry away'],
  });
  away = false;
  await world.pass(10_000);
  await world.settled();
  expect(world.log).toEqual(['Pack', 'Packed']);
  expect(await parked()).toEqual([]);
});

test('calls are turned away while the database, or the broker with too much waiting for it, does not answer', async () => {
  let down = false;
  let faults: FaultyBroker;
  const options: WorldOptions = {
    stores: (stores) =>
      faultyStores(
        stores,
        () => undefined,
        () => down,
      ),
    broker: (broker) => (faults = new FaultyBroker(broker)),
  };
  world = await worldWith(options, aShipping(), stub('shop', [Pack, Unpack]), stub('carrier', [Carry]));
  const begin = (txId: string) =>
    world.work('shipping', ShippingWork).run(({ sagas }) => sagas.begin(shippingSaga, txId, { item: 'x', count: 1 }));
  down = true;
  const hanging = begin('a');
  await world.pass(1_000);
  await expect(begin('b')).rejects.toThrow(Overloaded);
  down = false;
  await world.settled();
  await hanging;
  faults!.fails = () => 'before';
  for (let hundred = 0; hundred < 101; hundred++) {
    const placing = Promise.all(Array.from({ length: 100 }, (_, index) => begin(`c-${hundred}-${index}`)));
    await world.pass(1);
    await placing;
  }
  await expect(begin('d')).rejects.toThrow('the broker does not take what was committed');
  faults!.fails = () => undefined;
  await world.pass(10_000);
  await world.settled();
  expect(world.log.filter((name) => name === 'Packed')).toHaveLength(10_101);
});

test('what could not be noted as sent, because the database was away, is noted when it is back', async () => {
  let fails = 0;
  const { literal } = aShop();
  const stores: WorldOptions['stores'] = ({ outbox, ...others }) => ({
    ...others,
    outbox: {
      all: () => outbox.all(),
      unsent: (...asked) => outbox.unsent(...asked),
      remove: (producer, whose) => outbox.remove(producer, whose),
      delayedDue: (...asked) => outbox.delayedDue(...asked),
      delayedCount: () => outbox.delayedCount(),
      forgetCommits: (producer, commitNumber) => outbox.forgetCommits(producer, commitNumber),
      acknowledge: async (producer, seq) => {
        if (fails-- > 0) throw new Error('the test has taken the database away');
        return outbox.acknowledge(producer, seq);
      },
    },
  });
  world = await worldWith({ stores }, literal);
  fails = 3;
  await world.send(Pack.of({ item: 'x', count: 1 }), { target: 'T', txId: 'a' });
  await world.settled();
  expect(fails).toBeLessThanOrEqual(0);
  expect(world.log).toEqual(['Pack', 'Packed']);
  expect(await world.storesOf('shop').reader.query((knex) => knex('kit_outbox'))).toEqual([]);
});

describe('a saga gives nothing up', () => {
  let broker!: FaultyBroker;
  beforeEach(async () => {
    const options: WorldOptions = { broker: (inner) => (broker = new FaultyBroker(inner)) };
    world = await worldWith(options, aShop().literal, aShipping(), stub('carrier', [Carry]));
  });
  const begin = () =>
    world.work('shipping', ShippingWork).run(({ sagas }) => sagas.begin(shippingSaga, 'a', { item: 'x', count: 1 }));
  const completed = ['approved {"item":"x","count":1}'];

  test('while the topic of its command takes no messages, though others do', async () => {
    const reason = { status: 'failed', reason: 'NOT_ENOUGH_REPLICAS', where: 'shop/0', isAnswer: true } as const;
    broker.verdict = ({ topic }) => (topic === 'shop' ? reason : undefined);
    await begin();
    await world.pass(longMs);
    broker.verdict = () => undefined;
    await world.pass(longMs);
    expect(ended).toEqual(completed);
  });

  test('while its command is set aside, since the broker refuses it', async () => {
    broker.verdict = ({ topic }) => (topic === 'shop' ? { status: 'refused', reason: 'too large' } : undefined);
    await begin();
    await world.pass(longMs);
    broker.verdict = () => undefined;
    await world.pass(longMs);
    expect(ended).toEqual(completed);
  });

  test('while the topic of its answer cannot be read, though others can, nor before that has been read again', async () => {
    broker.hold();
    broker.topicFaults = [{ topic: 'packed', partition: 0, reason: 'its records cannot be decompressed' }];
    await begin();
    await world.pass(longMs);
    expect(world.service('shipping').health()).toMatchObject({ ready: true });
    broker.topicFaults = [];
    await world.pass(5_000);
    broker.release();
    await world.settled();
    expect(ended).toEqual(completed);
  });
});
