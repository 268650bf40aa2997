import { dispatcher, orchestrator, saga, UnitOfWork, Unprocessable } from 'saga-kit';
import { routingOf } from '../src/app';
import { ContainerModule, MessageHandler, service, UnitsOfWork } from 'saga-kit/service';
import { FaultyBroker, faultyStores, worldOf, worldWith, type World } from 'saga-kit/testing';
import { Parcel } from './a-shipping';
import { Pack, Packed } from './a-shop';
import { heardBy, tellers } from './a-teller';

let world: World;
afterEach(() => world.close());

const { First, Second, Third, all, TellWork, teller, listener } = tellers();
const speaker = teller('speaker', [], {});
const packing = saga({ name: 'SHIPPING', state: Parcel, compensatable: [{ do: Pack, undo: 'nothing' }] });
const process = { target: 'TALE', txId: 'tx' };
const tell = (name: string, text: string, at = process) =>
  world.work(name, TellWork).run(async ({ outbox }) => outbox.add(at, First.of({ text, hops: 0 })));
const parked = async (name: string) =>
  (await world.storesOf(name).reader.query((knex) => knex('kit_parked').select('reason', 'error'))) as unknown[];
const idsOf = () => world.messages.all().map(({ envelope }) => envelope.id as string);
const heard = () => heardBy(world.storesOf('listener'));
const texts = async () => (await heard()).flatMap(({ text, times }) => Array<string>(times).fill(text));

test('each event that a handler of an event returns is a message of its own, and belongs to the same process', async () => {
  const echo = teller('echo', [First], {
    First: async ({ message: { text } }) => ['a', 'b', 'c'].map((each) => Second.of({ text: text + each, hops: 0 })),
  });
  world = await worldOf(echo, listener);
  await tell('echo', 'x');
  await world.settled();
  expect(await texts()).toEqual(['x', 'xa', 'xb', 'xc']);
  expect((await heard()).map(({ txId }) => txId)).toEqual(Array(4).fill('tx'));
});

test('a chain of 200 events over three services arrives whole, and says what caused what', async () => {
  const passOn = [First, Second, Third].map((hears, index) => {
    const next = [Second, Third, First][index]!;
    const hop = async ({ message: { text, hops } }: { message: { text: string; hops: number } }) =>
      hops === 0 ? [] : [next.of({ text, hops: hops - 1 })];
    return teller(`hop-${index}`, [hears], { First: hop, Second: hop, Third: hop });
  });
  world = await worldOf(...passOn, listener);
  await world
    .work('hop-0', TellWork)
    .run(async ({ outbox }) => outbox.add(process, First.of({ text: 'x', hops: 200 })));
  await world.settled();
  expect(await texts()).toHaveLength(201);
  for (const name of ['hop-0', 'hop-1', 'hop-2', 'listener']) expect(await parked(name)).toEqual([]);
  const sent = world.messages.all().map(({ envelope }) => envelope);
  expect(sent.slice(1).map(({ causationId }) => causationId)).toEqual(sent.slice(0, -1).map(({ id }) => id));
  for (const { id } of sent) expect(id).toMatch(/^[!-~]{1,100}$/);
});

test('whoever hears what two services make of one event hears both; the same once more changes nothing', async () => {
  const react = (name: string) =>
    teller(name, [First], {
      First: async (received, { outbox }) => {
        outbox.add(received, Second.of({ text: `${name} added`, hops: 0 }));
        outbox.add({ ...process, txId: name }, Second.of({ text: `${name} added more`, hops: 0 }));
        return [Second.of({ text: `${name} returned`, hops: 0 }), Second.of({ text: `${name} returned too`, hops: 0 })];
      },
    });
  world = await worldOf(react('one'), react('two'), listener);
  await tell('one', 'x');
  await world.settled();
  const whole = ['one', 'two'].flatMap((name) =>
    ['added', 'added more', 'returned', 'returned too'].map((what) => `${name} ${what}`),
  );
  expect(await texts()).toEqual([...whole, 'x']);
  expect((await heard()).find(({ text }) => text === 'one added more')).toMatchObject({ txId: 'one' });
  const records = world.records();
  world.put(...records);
  await world.settled();
  expect(await texts()).toEqual([...whole, 'x']);
  expect(world.records()).toHaveLength(2 * records.length);
  for (const name of ['one', 'two', 'listener']) expect(await parked(name)).toEqual([]);
});

test('a transaction that is repeated makes the same ids again', async () => {
  const tries: string[] = [];
  world = await worldWith(
    {
      stores: (stores, name) =>
        faultyStores(stores, (_, outbox) => {
          if (name === 'speaker') for (const { value } of outbox) tries.push(value.toString('latin1'));
          return tries.length === 1 ? 'conflict' : undefined;
        }),
    },
    speaker,
    listener,
  );
  await Promise.all([tell('speaker', 'x'), world.pass(1_000)]);
  await world.settled();
  expect(tries).toHaveLength(2);
  for (const each of tries) expect(each).toContain((await heard())[0]!.id);
});

test('what a saga says when nobody answers is not taken for what was said when its command was handled', async () => {
  const note = (text: string) => Second.of({ text, hops: 0 });
  const both = service({
    name: 'both',
    migrations: [],
    bindings: new ContainerModule(({ bind }) => {
      bind(TellWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(TellWork, {}, all), [UnitsOfWork]);
      bind(MessageHandler).toConstantValue(
        dispatcher([Pack], TellWork, {
          Pack: async ({ target, txId, message }, { outbox }) => {
            outbox.add({ target, txId }, note('packing'));
            return Packed.of(message);
          },
        }),
      );
      bind(MessageHandler).toConstantValue(
        orchestrator(packing, TellWork, {
          completed: async () => {},
          rejected: async (_state, _refusal, { outbox }) =>
            void outbox.add({ target: 'SHIPPING', txId: 'a' }, note('gave up')),
        }),
      );
    }),
  });
  const broker = (real: World['broker']) => {
    const faults = new FaultyBroker(real);
    faults.loses = ({ topic }) => topic === Packed.topic;
    return faults;
  };
  world = await worldWith({ broker }, both, listener);
  await world.work('both', TellWork).run(({ sagas }) => sagas.begin(packing, 'a', { item: 'x', count: 1 }));
  await world.pass(61_000);
  await world.settled();
  expect(await texts()).toEqual(['gave up', 'packing']);
  const caused = world.messages.all().filter(({ name }) => name === 'Second');
  expect(caused.map(({ envelope }) => envelope.causationId)).toEqual(Array(2).fill('SHIPPING/a/Pack'));
});

test.each([
  { what: 'an empty txId', at: { target: 'T', txId: '' }, says: 'its txId is empty' },
  { what: 'a txId with a slash', at: { target: 'T', txId: 'a/b' }, says: 'its txId has "/" as its character 2' },
  { what: 'a txId with a space', at: { target: 'T', txId: 'a b' }, says: 'its txId has " " as its character 2' },
  { what: 'a txId that is not ASCII', at: { target: 'T', txId: 'ü' }, says: 'its txId has "ü" as its character 1' },
  { what: 'a txId that is too long', at: { target: 'T', txId: 'a'.repeat(65) }, says: 'its txId has 65 characters' },
  { what: 'an empty target', at: { target: '', txId: 'a' }, says: 'its target is empty' },
  {
    what: 'a target that is too long',
    at: { target: 'T'.repeat(61), txId: 'a' },
    says: 'its target has 61 characters',
  },
])('an event for $what is refused where it is made, and nothing is sent', async ({ at, says }) => {
  world = await worldOf(speaker);
  const telling = tell('speaker', 'x', at);
  await expect(telling).rejects.toThrow(`First could not be received by anybody: ${says}`);
  await expect(telling).rejects.toThrow(/printable ASCII characters.*Take an id that fits/);
  await world.settled();
  expect(world.records()).toEqual([]);
});

test('a saga with a txId that nobody could receive is not begun', async () => {
  const shipping = service({
    name: 'shipping',
    migrations: [],
    bindings: new ContainerModule(({ bind }) => {
      bind(TellWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(TellWork, {}, all), [UnitsOfWork]);
      bind(MessageHandler).toConstantValue(
        orchestrator(packing, TellWork, { completed: async () => {}, rejected: async () => {} }),
      );
    }),
  });
  world = await worldOf(shipping);
  const begin = (txId: string) =>
    world.work('shipping', TellWork).run(({ sagas }) => sagas.begin(packing, txId, { item: 'x', count: 1 }));
  await expect(begin('a/b')).rejects.toThrow(
    'Pack could not be received by anybody: its txId has "/" as its character 2',
  );
  await expect(begin('a'.repeat(1_000))).rejects.toThrow('its txId has 1000 characters');
  await begin('!'.repeat(64));
  await world.pass(1_000);
  expect(world.log).toEqual(['Pack']);
});

test('the longest process that is allowed is received', async () => {
  world = await worldOf(speaker, listener);
  await tell('speaker', 'x', { target: '~'.repeat(60), txId: '!'.repeat(64) });
  await world.settled();
  expect(await texts()).toEqual(['x']);
});

test('an event that is not declared is refused where it is made, where the compiler was told otherwise', async () => {
  abstract class LessWork extends UnitOfWork<{}, typeof First> {}
  const sly = service({
    name: 'sly',
    migrations: [],
    bindings: new ContainerModule(({ bind }) => {
      bind(LessWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(LessWork, {}, [First]), [UnitsOfWork]);
      bind(MessageHandler).toConstantValue(
        dispatcher([First], LessWork, { First: async () => [Second.of({ text: 'x', hops: 0 })] as never }),
      );
    }),
  });
  world = await worldOf(sly);
  const says = 'Second is not among the events that this unit of work emits: declare it';
  const add = (message: unknown) =>
    world.work('sly', LessWork).run(async ({ outbox }) => outbox.add(process, message as never));
  await expect(add(Second.of({ text: 'x', hops: 0 }))).rejects.toThrow(says);
  await expect(add(Second.of({ text: 'x', hops: 0 }))).rejects.toThrow(Unprocessable);
  await expect(add(Pack.of({ item: 'x', count: 1 }))).rejects.toThrow('Pack is a command: only a saga sends it');
  await add(First.of({ text: 'x', hops: 0 }));
  await world.settled();
  expect(await parked('sly')).toMatchObject([{ reason: 'unprocessable', error: expect.stringContaining(says) }]);
  expect(idsOf()).toHaveLength(1);
});

test('a handler of an event that returns nothing is told that it has to return a list', async () => {
  const forgetful = teller('forgetful', [First], { First: (async () => undefined) as never });
  world = await worldOf(forgetful);
  await tell('forgetful', 'x');
  await world.settled();
  expect(await parked('forgetful')).toEqual([
    { reason: 'unprocessable', error: 'First is an event: its handler returns a list of events' },
  ]);
});

test('what a unit of work emits is known of a service also where nobody listens with it', async () => {
  const quiet = service({
    name: 'quiet',
    migrations: [],
    bindings: new ContainerModule(({ bind }) => {
      bind(TellWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(TellWork, {}, all), [UnitsOfWork]);
    }),
  });
  const subjects = all.map(({ topic, name }) => `${topic}-saga.tale.${name}.TargetEventMessage`);
  expect([...routingOf(quiet).sends().keys()].sort()).toEqual(subjects.sort());
  world = await worldOf(quiet, listener);
  await tell('quiet', 'x');
  await world.settled();
  expect(await texts()).toEqual(['x']);
});
