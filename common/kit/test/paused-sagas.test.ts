import { saga } from 'saga-kit';
import { FaultyBroker, stub, worldWith, type World, type WorldOptions } from 'saga-kit/testing';
import { attemptsMax } from '../src/saga';
import type { ActResult, SagaActDetails, SagaVerb } from '../src/runtime';
import { aShipping, Carry, ended, Parcel, ShippingWork, shippingSaga } from './a-shipping';
import { Pack, Unpack } from './a-shop';

let world: World;
let faults: FaultyBroker;
beforeEach(() => ended.splice(0));
afterEach(() => world.close());

const parcel = { item: 'a', count: 1 };
const on = { who: 'Ada', reason: 'the customer is on the phone' };
const options: WorldOptions = { broker: (real) => (faults = new FaultyBroker(real)) };
const hourMs = 3_600_000;
const operators = () => world.service('shipping').operators;
const show = () => operators().sagas.show('SHIPPING', 'a');
async function act(verb: SagaVerb, details: SagaActDetails = {}): Promise<ActResult> {
  const { sagas } = operators();
  const would = await sagas.act(verb, 'SHIPPING', 'a', on, details);
  if (would.outcome !== 'would') return would;
  return sagas.act(verb, 'SHIPPING', 'a', { ...on, version: would.version }, details);
}
const begin = (definition = shippingSaga) =>
  world.work('shipping', ShippingWork).run(({ sagas }) => sagas.begin(definition, 'a', parcel));

/** A parcel that was asked to be packed, and paused; `comes` says whether the answer to that is lost. */
async function aPausedSaga(comes = false): Promise<void> {
  world = await worldWith(options, aShipping(), stub('shop', [Pack, Unpack]), stub('carrier', [Carry]));
  if (!comes) faults.loses = ({ topic }) => topic === Pack.topic;
  else faults.hold();
  await begin();
  await world.pass(1_000);
  expect(await act('pause')).toMatchObject({ outcome: 'done', does: expect.stringContaining('waits where it is') });
  faults.release();
  await world.settled();
}

test('a paused saga sends nothing on and no deadline of it acts; what comes for it is kept, and handled once when it is resumed', async () => {
  await aPausedSaga(true);
  await world.pass(hourMs / 6);
  expect(world.log).toEqual(['Pack', 'Packed']);
  expect(await show()).toMatchObject({ status: 'running', step: 'Pack', paused: true, dueAt: null });
  expect(await operators().parked.list({}, 10)).toMatchObject([
    { reason: 'paused', waitsFor: 'SHIPPING/a', why: expect.stringContaining('Its saga SHIPPING/a is paused') },
  ]);
  expect(await world.storesOf('shipping').sagaStore.parkedCount()).toBe(0);
  expect(await act('resume')).toMatchObject({ outcome: 'done', does: expect.stringContaining('what was kept') });
  await world.pass(10_000);
  expect(world.log).toEqual(['Pack', 'Packed', 'Carry', 'Carried']);
  expect(ended).toEqual([`approved ${JSON.stringify(parcel)}`]);
  expect(await operators().parked.list({}, 10)).toEqual([]);
});

test('an answer that comes again while its saga is paused counts once', async () => {
  await aPausedSaga(true);
  const packed = world.records().find(({ topic }) => topic === 'packed')!;
  world.put(packed, packed);
  await world.settled();
  expect(await operators().parked.list({}, 10)).toMatchObject([{ times: 3 }]);
  await act('resume');
  await world.pass(10_000);
  expect(world.log.filter((name) => name === 'Carry')).toEqual(['Carry']);
  expect((await show())!.history.filter(({ type }) => type === 'Packed')).toMatchObject([{ awaited: true, times: 1 }]);
});

test('a pause survives the process', async () => {
  await aPausedSaga(true);
  await world.crash('shipping');
  await world.start(aShipping());
  await world.pass(hourMs / 6);
  expect(world.log).toEqual(['Pack', 'Packed']);
  await act('resume');
  await world.pass(10_000);
  expect(ended).toEqual([`approved ${JSON.stringify(parcel)}`]);
});

test('from when it is resumed on a saga has its whole time again', async () => {
  await aPausedSaga();
  await world.pass(hourMs / 6);
  await act('resume');
  await world.pass(55_000);
  expect(await show()).toMatchObject({ status: 'running', step: 'Pack' });
  faults.loses = () => false;
  await world.pass(10_000);
  await world.settled();
  expect(ended).toEqual([`Pack DEADLINE_EXCEEDED ${JSON.stringify(parcel)}`]);
});

test('it is seen that a saga is paused, and why it waits', async () => {
  await aPausedSaga();
  expect(await operators().sagas.list({ paused: true }, 10)).toMatchObject([
    {
      txId: 'a',
      why: expect.stringMatching(/^Pack was asked once on shop; an operator has paused it .*: nothing is sent/),
    },
  ]);
  expect(await operators().sagas.list({ paused: false }, 10)).toEqual([]);
  expect(await operators().sagas.audit(10)).toMatchObject([{ verb: 'pause', after: { paused: 'yes' } }]);
});

test.each<[SagaVerb, SagaActDetails]>([
  ['retry', {}],
  ['skip', { reply: parcel }],
  ['compensate', {}],
  ['cancel', { code: 'BORED' }],
  ['abandon', {}],
])('to %s a paused saga is refused: it is to be resumed first', async (verb, details) => {
  await aPausedSaga();
  expect(await act(verb, details)).toEqual({ outcome: 'refused', detail: 'it is paused: resume it first' });
});

test('what was paused is not paused again, nor resumed when it is not paused, nor once it has ended', async () => {
  await aPausedSaga();
  expect(await act('pause')).toEqual({ outcome: 'refused', detail: 'it is paused already' });
  await act('resume');
  expect(await act('resume')).toEqual({ outcome: 'refused', detail: 'it is not paused' });
  await act('abandon');
  expect(await act('pause')).toMatchObject({ outcome: 'refused', detail: expect.stringContaining('it has ended') });
});

test('whoever has seen it before it was paused and resumed, or retried by another one, has not seen it now', async () => {
  await aPausedSaga();
  await act('resume');
  const seen = async () => ((await operators().sagas.act('retry', 'SHIPPING', 'a', on)) as { version: string }).version;
  const early = await seen();
  await act('pause');
  await act('resume');
  const late = await seen();
  const acts = [early, late, late].map((version) =>
    operators().sagas.act('retry', 'SHIPPING', 'a', { ...on, version }),
  );
  expect((await Promise.all(acts)).map(({ outcome }) => outcome)).toEqual(['moved', 'done', 'moved']);
});

test('whoever has seen it before it was paused is told that it is', async () => {
  await aPausedSaga();
  await act('resume');
  const would = await operators().sagas.act('compensate', 'SHIPPING', 'a', on);
  await act('pause');
  const { version } = would as { version: string };
  expect(await operators().sagas.act('compensate', 'SHIPPING', 'a', { ...on, version })).toMatchObject({
    outcome: 'moved',
    detail: expect.stringContaining('it is paused at Pack since'),
  });
});

test('a use case that cancels a paused saga is told that it is, and nothing is sent', async () => {
  const cancellable = saga({
    name: 'SHIPPING',
    state: Parcel,
    cancellations: ['BORED'],
    compensatable: [{ do: Pack, undo: Unpack }],
    pivot: { do: Carry },
  });
  world = await worldWith(options, aShipping(cancellable), stub('shop', [Pack, Unpack]), stub('carrier', [Carry]));
  faults.loses = ({ topic }) => topic === Pack.topic;
  await world.work('shipping', ShippingWork).run(({ sagas }) => sagas.begin(cancellable, 'a', parcel));
  await world.pass(1_000);
  await act('pause');
  const cancel = () =>
    world.work('shipping', ShippingWork).run(({ sagas }) => sagas.cancel(cancellable, 'a', 'BORED', 'bored'));
  await expect(cancel()).rejects.toThrow('SHIPPING/a is paused: it goes on when it is resumed');
  await act('resume');
  expect(await cancel()).toBe('CANCELLED');
});

test('a saga that needs an operator still does when it is resumed', async () => {
  world = await worldWith(options, aShipping(), stub('shop', [Pack, Unpack]), stub('carrier', [Carry]));
  faults.loses = ({ topic }) => topic === Carry.topic;
  await begin();
  await world.settled();
  const unanswered = { attempts: attemptsMax, needs_operator: 1, due_at: null };
  await world.storesOf('shipping').reader.query((knex) => knex('kit_sagas').update(unanswered));
  const needy = () => operators().sagas.list({ needsOperator: true }, 10);
  expect(await needy()).toHaveLength(1);
  await act('pause');
  expect(await needy()).toMatchObject([{ paused: true, attempts: attemptsMax }]);
  await act('resume');
  expect(await needy()).toMatchObject([{ paused: false, dueAt: null }]);
});

test('what is kept for a paused saga is not replayed by itself, but may be dropped', async () => {
  await aPausedSaga(true);
  const { parked } = operators();
  const [kept] = await parked.list({}, 10);
  expect(await parked.act('replay', kept!.id, on)).toEqual({
    outcome: 'refused',
    detail: 'its saga SHIPPING/a is paused: resume that, and it follows',
  });
  await parked.act('drop', kept!.id, { ...on, version: kept!.version });
  await act('resume');
  await world.pass(10_000);
  expect(await show()).toMatchObject({ status: 'running', step: 'Pack', paused: false });
  await world.pass(60_000);
  expect(world.log).toContain('Unpack');
});
