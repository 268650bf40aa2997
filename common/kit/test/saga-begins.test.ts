import { dispatcher, event, orchestrator, record, saga, UnitOfWork, type Event } from 'saga-kit';
import { ContainerModule, MessageHandler, service, UnitsOfWork } from 'saga-kit/service';
import { routingOf } from '../src/app';
import { stub, worldOf, type World } from 'saga-kit/testing';
import { Pack, Packed } from './a-shop';

let world: World;
afterEach(() => world?.close());

const fields = [{ name: 'what', type: 'string' }] as const;
const Ordered = event({ type: 'record', name: 'Ordered', namespace: 'web', topic: 'orders', fields });
const Shipped = event({ type: 'record', name: 'Shipped', namespace: 'shipping', topic: 'shipped', fields });
const Parcel = record({
  type: 'record',
  name: 'Parcel',
  namespace: 'shipping',
  fields: [
    { name: 'item', type: 'string' },
    { name: 'count', type: 'int' },
  ],
});
const shipping = saga({
  name: 'SHIPPING',
  state: Parcel,
  on: { event: Ordered, state: ({ what }) => ({ item: what, count: 1 }) },
  compensatable: [{ do: Pack, undo: 'nothing' }],
});

abstract class ShippingWork extends UnitOfWork<{}, typeof Shipped> {}
/** `more` is bound beside the saga. */
const aShipping = (...more: readonly MessageHandler[]) =>
  service({
    name: 'shipping',
    migrations: [],
    bindings: new ContainerModule(({ bind }) => {
      bind(ShippingWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(ShippingWork, {}, [Shipped]), [UnitsOfWork]);
      bind(MessageHandler).toConstantValue(
        orchestrator(shipping, ShippingWork, {
          completed: async ({ item }, { outbox }) => {
            outbox.add({ target: 'SHIPPING', txId: item }, Shipped.of({ what: item }));
          },
          rejected: async () => {},
        }),
      );
      for (const each of more) bind(MessageHandler).toConstantValue(each);
    }),
  });
const order = (what: string, id = `Ordered/${what}`) =>
  world.send(Ordered.of({ what }), { target: 'WEB', txId: what, id, causationId: 'a-call' });

test('an event begins a saga with its txId, and the first command is caused by the event', async () => {
  const shop = stub('shop', [Pack]);
  world = await worldOf(aShipping(), shop);
  await order('a');
  await world.settled();
  expect(shop.received(Pack)).toEqual([{ item: 'a', count: 1 }]);
  const [sent] = await world.storesOf('shipping').sagaStore.history('SHIPPING', 'a');
  expect(sent).toMatchObject({ type: 'Pack', messageId: 'SHIPPING/a/Pack', causationId: 'Ordered/a' });
  expect(world.log.at(-1)).toBe('Shipped');
});

test('an event that comes again, or another one of the same process, begins nothing more', async () => {
  const shop = stub('shop', [Pack]);
  world = await worldOf(aShipping(), shop);
  const record = await order('a');
  await world.settled();
  world.put(record, record);
  await order('a', 'Ordered/again');
  await world.settled();
  expect(shop.received(Pack)).toHaveLength(1);
  expect(world.log.filter((name) => name === 'Shipped')).toHaveLength(1);
  expect(await world.storesOf('shipping').sagaStore.parkedCount()).toBe(0);
});

test('an event that several dispatchers and a saga of one service listen to is handled by each of them, once', async () => {
  const tells = (name: string) =>
    dispatcher([Ordered], ShippingWork, { Ordered: async () => [Shipped.of({ what: name })] });
  world = await worldOf(aShipping(tells('one'), tells('two')), stub('shop', [Pack]));
  const record = await order('a');
  await world.settled();
  world.put(record);
  await world.settled();
  const shipped = world.messages.all().filter(({ name }) => name === 'Shipped');
  expect(shipped.map(({ envelope }) => envelope.message.what)).toEqual(['one', 'two', 'a']);
  expect(new Set(shipped.map(({ envelope }) => envelope.id)).size).toBe(3);
});

test('where one of several handlers of an event fails for good, none of them has done anything', async () => {
  const fails = dispatcher([Ordered], ShippingWork, {
    Ordered: async () => {
      throw new Error('not today');
    },
  });
  const shop = stub('shop', [Pack]);
  world = await worldOf(aShipping(fails), shop);
  await order('a');
  await world.pass(60_000);
  expect(shop.received(Pack)).toEqual([]);
  expect(await world.storesOf('shipping').sagaStore.parkedCount()).toBe(1);
});

test('a dispatcher may listen to the replies of a saga of its own service, and the saga goes on', async () => {
  const notes = dispatcher([Packed], ShippingWork, { Packed: async () => [Shipped.of({ what: 'noted' })] });
  world = await worldOf(aShipping(notes), stub('shop', [Pack]));
  const record = await order('a');
  await world.settled();
  world.put(record, ...world.records());
  await world.settled();
  const shipped = world.messages.all().filter(({ name }) => name === 'Shipped');
  expect(new Set(shipped.map(({ envelope }) => envelope.id)).size).toBe(2);
  expect(shipped.map(({ envelope }) => envelope.message.what).sort()).toEqual(['a', 'a', 'noted', 'noted']);
});

test('a service observes the replies and passes over the refusals of the sagas of others', async () => {
  const told: string[] = [];
  abstract class NoteWork extends UnitOfWork<{}> {}
  const notes = service({
    name: 'notes',
    migrations: [],
    bindings: new ContainerModule(({ bind }) => {
      bind(NoteWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(NoteWork, {}), [UnitsOfWork]);
      const handlers = { Packed: async ({ txId }: { readonly txId: string }) => (told.push(txId), []) };
      bind(MessageHandler).toConstantValue(dispatcher([Packed], NoteWork, handlers));
    }),
  });
  world = await worldOf(
    aShipping(),
    notes,
    stub('shop', [Pack], [{ command: 'Pack', when: { item: { equals: 'b' } }, refuse: 'NONE_LEFT' }]),
  );
  await order('a');
  await order('b');
  await world.settled();
  expect(told).toEqual(['a']);
  expect(await world.storesOf('notes').sagaStore.parkedCount()).toBe(0);
});

test('a command in two dispatchers of one service, and a saga that begins with a command, are faults at the start', () => {
  const packs = () => dispatcher([Pack], ShippingWork, { Pack: async ({ message }) => Packed.of(message) });
  expect(() => routingOf(aShipping(packs(), packs()))).toThrow(
    'Pack is a command and has two dispatchers in one service',
  );
  const begun = { event: Pack as unknown as Event, state: () => ({ item: 'x', count: 1 }) };
  expect(() => saga({ ...shipping, on: begun, compensatable: [{ do: Pack, undo: 'nothing' }] })).toThrow(
    'saga SHIPPING: it begins with an event, and Pack is a command',
  );
});
