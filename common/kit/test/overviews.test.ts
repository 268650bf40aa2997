import { command, dispatcher, event } from 'saga-kit';
import { ContainerModule, MessageHandler, service } from 'saga-kit/service';
import { faultyStores, FaultyBroker, stub, worldWith, type World, type WorldOptions } from 'saga-kit/testing';
import { DatabaseFault } from '../src/runtime';
import { aShipping, Carry, ended, ShippingWork, shippingSaga } from './a-shipping';
import { Pack, Unpack } from './a-shop';

let world: World;
beforeEach(() => ended.splice(0));
afterEach(() => world.close());

const shop = stub(
  'shop',
  [Pack, Unpack],
  [{ command: 'Pack', when: { item: { equals: 'gone' } }, refuse: 'NONE_LEFT' }],
);
const begin = (txId: string, item = 'a') =>
  world.work('shipping', ShippingWork).run(({ sagas }) => sagas.begin(shippingSaga, txId, { item, count: 1 }));
const overview = async () => {
  const { sagas, ...rest } = await world.service('shipping').overviews.look();
  return { ...rest, ...sagas[0]! };
};

async function aWorld(options: WorldOptions = {}): Promise<FaultyBroker> {
  let faults: FaultyBroker | undefined;
  const broker: WorldOptions['broker'] = (real) => (faults = new FaultyBroker(real));
  world = await worldWith({ broker, ...options }, aShipping(), shop, stub('carrier', [Carry]));
  return faults!;
}

test('a saga is drawn with its steps, and it is told how many open instances stand at each', async () => {
  const faults = await aWorld();
  faults.loses = ({ topic }) => topic === Carry.topic || topic === 'packed';
  await begin('a');
  await begin('b');
  await world.settled();
  faults.loses = ({ topic }) => topic === Carry.topic;
  await begin('c');
  await world.settled();
  expect(await overview()).toMatchObject({
    service: 'shipping',
    ready: true,
    reasons: [],
    parked: 0,
    needsOperator: 0,
    refused: 0,
    name: 'SHIPPING',
    steps: [
      { name: 'Pack', kind: 'compensatable', undo: 'Unpack', timeoutMs: 60_000 },
      { name: 'Carry', kind: 'pivot', undo: null },
    ],
    standing: [
      { status: 'running', step: 'Carry', count: 1 },
      { status: 'running', step: 'Pack', count: 2 },
    ],
  });
});

test('what has begun and ended of late is counted with how long it took, and forgotten after a minute', async () => {
  const faults = await aWorld();
  faults.loses = ({ topic }) => topic === Carry.topic;
  await begin('a');
  await world.settled();
  faults.loses = () => false;
  const from = world.clock.now().getTime();
  while (ended.length === 0) await world.pass(1_000); // until it asks again
  await begin('b', 'gone');
  await begin('c', 'gone');
  await world.settled();
  const { recent } = await overview();
  expect(recent).toMatchObject({ windowSeconds: 60, begun: 3, completed: 1, rejected: { NONE_LEFT: 2 } });
  const tookMs = world.clock.now().getTime() - from;
  expect(recent.p50Ms).toBeLessThan(recent.p99Ms!);
  expect(recent.p99Ms).toBeLessThan(tookMs * 1.01);
  await world.pass(61_000);
  expect((await overview()).recent).toEqual({
    windowSeconds: 60,
    begun: 0,
    completed: 0,
    rejected: {},
    p50Ms: null,
    p99Ms: null,
  });
});

test('what is begun by a transaction that fails is not counted, and what is tried again is counted once', async () => {
  let failing = 0;
  const stores: WorldOptions['stores'] = (own) => faultyStores(own, () => (failing-- > 0 ? 'conflict' : undefined));
  await aWorld({ stores });
  const failed = world.work('shipping', ShippingWork).run(async ({ sagas }) => {
    await sagas.begin(shippingSaga, 'a', { item: 'a', count: 1 });
    throw new Error('a change of mind');
  });
  await expect(failed).rejects.toThrow('a change of mind');
  failing = 2;
  const begun = begin('b');
  await world.settled();
  await begun;
  expect((await overview()).recent).toMatchObject({ begun: 1, completed: 1 });
});

test('what a handler has begun before it refused is not counted', async () => {
  const named = { type: 'record', namespace: 'shipping', fields: [{ name: 'item', type: 'string' }] } as const;
  const Booked = event({ ...named, name: 'Booked', topic: 'booked' });
  const Book = command({ ...named, name: 'Book', topic: 'book', reply: Booked, refusals: ['FULL'] });
  const booking = dispatcher([Book], ShippingWork, {
    Book: async ({ txId, message: { item } }, { sagas }) => {
      await sagas.begin(shippingSaga, txId, { item, count: 1 });
      return item === 'late' ? Book.refuse('FULL') : Booked.of({ item });
    },
  });
  const bindings = new ContainerModule((options) => {
    void aShipping().bindings.load(options);
    options.bind(MessageHandler).toConstantValue(booking);
  });
  world = await worldWith({}, service({ name: 'shipping', migrations: [], bindings }), shop, stub('carrier', [Carry]));
  for (const item of ['early', 'late']) await world.send(Book.of({ item }), { target: 'BOOKING', txId: item });
  await world.settled();
  expect(world.log).toContain('FULL');
  expect((await overview()).recent).toMatchObject({ begun: 1, completed: 1 });
});

test('while the database is away, that is told with what was counted before', async () => {
  let away = false;
  const stores: WorldOptions['stores'] = (own) => ({
    ...own,
    sagaStore: new Proxy(own.sagaStore, {
      get: (target, name) =>
        away && name === 'standing'
          ? async () => Promise.reject(new DatabaseFault('lost', 'gone'))
          : Reflect.get(target, name).bind(target),
    }),
  });
  const faults = await aWorld({ stores });
  faults.loses = ({ topic }) => topic === Carry.topic;
  await begin('a');
  await world.settled();
  away = true;
  await expect(overview()).rejects.toThrow('gone');
  away = false;
  await overview();
  away = true;
  expect(await overview()).toMatchObject({
    ready: false,
    reasons: ['the database does not answer: gone'],
    standing: [{ step: 'Carry', count: 1 }],
  });
});

test('it is told what a service sends and listens to', async () => {
  await aWorld();
  expect(world.service('shipping').overviews.contracts()).toEqual({
    service: 'shipping',
    sends: [
      { message: 'Carry', topic: 'carry' },
      { message: 'Pack', topic: 'shop' },
      { message: 'Unpack', topic: 'shop' },
    ],
    listens: [
      { message: 'Carried', topic: 'carried' },
      { message: 'ErrorEventMessage', topic: 'carried' },
      { message: 'ErrorEventMessage', topic: 'packed' },
      { message: 'Packed', topic: 'packed' },
      { message: 'Unpacked', topic: 'packed' },
    ],
  });
});
