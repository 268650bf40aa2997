import { dispatcher, orchestrator, saga, Unprocessable } from 'saga-kit';
import { ContainerModule, MessageHandler, service, UnitsOfWork } from 'saga-kit/service';
import { faultyStores, type World } from 'saga-kit/testing';
import { all, delays, First, minuteMs, process, Second, speaker, teller, TellWork } from './a-delayed';
import { Parcel } from './a-shipping';
import { Pack, Packed } from './a-shop';

let world: World;
const { open, tellIn, cancel, heard, waiting, parked } = delays();

test('an event leaves at its time and not before, as one that has occurred then', async () => {
  world = await open({}, speaker);
  const at = new Date(world.clock.now().getTime() + 30 * minuteMs);
  const id = await tellIn(30 * minuteMs);
  await world.settled();
  expect(await waiting()).toEqual({ waiting: 1, firstDueAt: at });
  await world.pass(30 * minuteMs - 2_000);
  expect(world.log).toEqual([]);
  await world.pass(2_000);
  await world.settled();
  expect(await heard()).toEqual(['later']);
  expect(world.messages.all().map(({ envelope }) => envelope)).toMatchObject([{ id, ...process, occurredAt: at }]);
  expect(await waiting()).toEqual({ waiting: 0, firstDueAt: undefined });
});

test('an event leaves at the next look when its time is past, however long', async () => {
  world = await open({}, speaker);
  await tellIn(-30 * minuteMs, 'long ago');
  await world.work('speaker', TellWork).run(async ({ outbox }) => {
    outbox.add(process, First.of({ text: 'at first', hops: 0 }), { at: new Date(0) });
    outbox.add(process, First.of({ text: 'never', hops: 0 }), { at: new Date(8.64e15) });
  });
  await world.settled();
  expect(await heard()).toEqual(['at first', 'long ago']);
});

test('what is added without a time leaves after the commit, and its id is returned too', async () => {
  world = await open({}, speaker);
  const id = await world
    .work('speaker', TellWork)
    .run(async ({ outbox }) => outbox.add(process, First.of({ text: 'now', hops: 0 })));
  await world.settled();
  expect(world.messages.all().map(({ envelope }) => envelope['id'])).toEqual([id]);
  expect(await cancel(id)).toBe(false);
});

test('an event that was cancelled never leaves, and is cancelled once', async () => {
  world = await open({}, speaker);
  const id = await tellIn(minuteMs);
  await tellIn(minuteMs, 'another');
  expect(await cancel(id)).toBe(true);
  expect(await cancel(id)).toBe(false);
  await world.pass(10 * minuteMs);
  expect(await heard()).toEqual(['another']);
});

test('an event that has left cannot be cancelled, nor one that never was', async () => {
  world = await open({}, speaker);
  const id = await tellIn(minuteMs);
  await world.pass(2 * minuteMs);
  for (const each of [id, 'nobody', '', 'ü', "'", 'x'.repeat(10_000)]) expect(await cancel(each)).toBe(false);
  expect(await heard()).toEqual(['later']);
});

test('what is added and cancelled in one transaction never leaves', async () => {
  world = await open({}, speaker);
  const at = world.clock.now();
  await world.work('speaker', TellWork).run(async ({ outbox }) => {
    const id = outbox.add(process, First.of({ text: 'x', hops: 0 }), { at });
    expect(await outbox.cancel(id)).toBe(true);
    expect(await outbox.cancel(id)).toBe(false);
  });
  await world.settled();
  expect(world.log).toEqual([]);
});

test('a transaction that fails adds nothing and cancels nothing', async () => {
  world = await open({}, speaker);
  const id = await tellIn(minuteMs);
  const failing = world.work('speaker', TellWork).run(async ({ outbox, clock }) => {
    outbox.add(process, First.of({ text: 'x', hops: 0 }), { at: clock.now() });
    expect(await outbox.cancel(id)).toBe(true);
    throw new Error('after all, no');
  });
  await expect(failing).rejects.toThrow('after all, no');
  await world.pass(2 * minuteMs);
  expect(await heard()).toEqual(['later']);
});

const delaying = teller('delaying', [First], {
  First: async (received, { outbox, clock }) => {
    const at = new Date(clock.now().getTime() + minuteMs);
    outbox.add(received, Second.of({ text: 'from a handler', hops: 0 }), { at });
    return [];
  },
});
const tellDelaying = () =>
  world.work('speaker', TellWork).run(async ({ outbox }) => outbox.add(process, First.of({ text: 'x', hops: 0 })));

test('a handler delays an event once, though its message comes again', async () => {
  world = await open({}, speaker, delaying);
  const causationId = await tellDelaying();
  await world.settled();
  world.put(...world.records());
  await world.settled();
  expect((await waiting('delaying')).waiting).toBe(1);
  await world.pass(2 * minuteMs);
  expect(await heard()).toEqual(['from a handler', 'x']);
  expect(world.messages.all().at(-1)!.envelope).toMatchObject({ ...process, causationId });
});

test('a delayed event is in the story of its process once it has left, with what has caused it', async () => {
  world = await open({}, speaker, delaying);
  const causationId = await tellDelaying();
  await world.settled();
  const sent = async () =>
    (await world.storesOf('delaying').sagaStore.messages(process.txId)).filter(({ direction }) => direction === 'sent');
  expect(await sent()).toEqual([]);
  const { firstDueAt } = await waiting('delaying');
  await world.pass(2 * minuteMs);
  expect(await sent()).toMatchObject([{ type: 'Second', topic: Second.topic, causationId, times: 1 }]);
  expect((await sent())[0]!.at >= firstDueAt!).toBe(true);
});

test('a handler that is tried again delays the same event, and one only', async () => {
  const ids: string[] = [];
  world = await open(
    {
      stores: (stores, name) =>
        faultyStores(stores, (rows) => {
          const added = [...rows].find(([{ name: table }]) => table === 'kit_delayed_events')?.[1] ?? [];
          if (name !== 'delaying' || ids.length > 2) return undefined;
          ids.push(...added.map(({ id }) => String(id)));
          return added.length > 0 && ids.length < 3 ? 'conflict' : undefined;
        }),
    },
    speaker,
    delaying,
  );
  await tellDelaying();
  await world.settled();
  expect(ids).toEqual(Array(3).fill(ids[0]));
  await world.pass(2 * minuteMs);
  expect(await heard()).toEqual(['from a handler', 'x']);
  expect(world.messages.all().at(-1)!.envelope['id']).toBe(ids[0]);
});

test('a command that is refused delays nothing', async () => {
  const refusing = service({
    name: 'refusing',
    migrations: [],
    bindings: new ContainerModule(({ bind }) => {
      bind(TellWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(TellWork, {}, all), [UnitsOfWork]);
      bind(MessageHandler).toConstantValue(
        dispatcher([Pack], TellWork, {
          Pack: async (received, { outbox, clock }) => {
            outbox.add(received, Second.of({ text: 'x', hops: 0 }), { at: clock.now() });
            return Pack.refuse('NONE_LEFT', 'none is left');
          },
        }),
      );
    }),
  });
  world = await open({}, refusing);
  await world.send(Pack.of({ item: 'x', count: 1 }), process);
  await world.settled();
  expect(world.log).toEqual(['Pack', 'NONE_LEFT']);
  expect((await waiting('refusing')).waiting).toBe(0);
});

test('the ending of a saga delays an event, and cancels what its beginning has delayed', async () => {
  const packing = saga({ name: 'PACKING', state: Parcel, compensatable: [{ do: Pack, undo: 'nothing' }] });
  const shipping = service({
    name: 'shipping',
    migrations: [],
    bindings: new ContainerModule(({ bind }) => {
      bind(TellWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(TellWork, {}, all), [UnitsOfWork]);
      bind(MessageHandler).toConstantValue(
        dispatcher([Pack], TellWork, { Pack: async () => Packed.of({ item: 'x', count: 1 }) }),
      );
      bind(MessageHandler).toConstantValue(
        orchestrator(packing, TellWork, {
          completed: async ({ item }, { outbox, clock }) => {
            expect(await outbox.cancel(item)).toBe(true);
            const at = new Date(clock.now().getTime() + minuteMs);
            outbox.add(process, First.of({ text: 'it has been packed', hops: 0 }), { at });
          },
          rejected: async () => {},
        }),
      );
    }),
  });
  world = await open({}, shipping);
  await world.work('shipping', TellWork).run(async ({ outbox, clock, sagas }) => {
    const at = new Date(clock.now().getTime() + minuteMs);
    const item = outbox.add(process, First.of({ text: 'it was not packed', hops: 0 }), { at });
    await sagas.begin(packing, 'a', { item, count: 1 });
  });
  await world.settled();
  expect((await waiting('shipping')).waiting).toBe(1);
  await world.pass(2 * minuteMs);
  expect(await heard()).toEqual(['it has been packed']);
});

test.each([
  ['an invalid date', process, 'x', new Date(NaN), 'First is to leave at an invalid date'],
  ['something else than a date', process, 'x', '2026-01-01', 'First is to leave at an invalid date'],
  ['no date', process, 'x', undefined, 'First is to leave at an invalid date'],
  ['a process that nobody could receive', { ...process, txId: 'a/b' }, 'x', new Date(0), 'its txId has "/"'],
  ['a value that cannot be encoded', process, 3, new Date(0), 'invalid "string": 3'],
  ['more than a broker takes', process, 'x'.repeat(900_000), new Date(0), 'has 900'],
] as const)('a delayed event with %s fails where it is made', async (_what, to, text, at, says) => {
  world = await open({}, speaker);
  let thrown: unknown;
  await world.work('speaker', TellWork).run(async ({ outbox }) => {
    try {
      outbox.add(to, First.of({ text: text as string, hops: 0 }), { at: at as Date });
    } catch (error) {
      thrown = error;
    }
  });
  expect(String(thrown)).toContain(says);
  if (typeof text === 'string') expect(thrown).toBeInstanceOf(Unprocessable);
  expect((await waiting()).waiting).toBe(0);
});

test('a handler that delays what cannot be is parked, as with any event', async () => {
  const wrong = teller('wrong', [First], {
    First: async (received, { outbox }) => {
      outbox.add(received, Second.of({ text: 'x', hops: 0 }), { at: new Date('tomorrow') });
      return [];
    },
  });
  world = await open({}, speaker, wrong);
  await tellDelaying();
  await world.settled();
  expect(await parked('wrong')).toEqual([
    { error: expect.stringContaining('at an invalid date: "at" has to be a Date') },
  ]);
});
