import { FaultyBroker, stub, worldWith, type World } from 'saga-kit/testing';
import { attemptsMax, defaultRetryAfterMs, retryAfterMsMax } from '../src/saga';
import type { ActRequest, ActResult } from '../src/runtime';
import { aShipping, Carry, ended, ShippingWork, shippingSaga } from './a-shipping';
import { aShop, Pack, Unpack } from './a-shop';

let world: World;
let faults: FaultyBroker;
beforeEach(() => ended.splice(0));
afterEach(() => world.close());

const parcel = { item: 'a', count: 1 };
const on = { who: 'Ada', reason: 'the carrier is gone for good' };
const operators = (name: string) => world.service(name).operators;
const audit = (name: string): Promise<Record<string, unknown>[]> =>
  world.storesOf(name).reader.query((knex) => knex('kit_audit').orderBy('id'));

/** A parcel whose carrier answers nothing. */
async function aStuckSaga(): Promise<void> {
  const broker = (real: ConstructorParameters<typeof FaultyBroker>[0]) => (faults = new FaultyBroker(real));
  world = await worldWith({ broker }, aShipping(), stub('shop', [Pack, Unpack]), stub('carrier', [Carry]));
  faults.loses = ({ topic }) => topic === Carry.topic;
  await world.work('shipping', ShippingWork).run(({ sagas }) => sagas.begin(shippingSaga, 'a', parcel));
  await world.settled();
}

/** The dry run, and then the act on what it has seen. */
async function twice(act: (request: ActRequest) => Promise<ActResult>): Promise<{ would: ActResult; done: ActResult }> {
  const would = await act(on);
  if (would.outcome !== 'would') return { would, done: would };
  return { would, done: await act({ ...on, version: would.version }) };
}
const sagaAct = (...[verb, details]: [string, object?]) =>
  twice((request) => operators('shipping').sagas.act(verb as 'retry', 'SHIPPING', 'a', request, details));

test('it is seen why a saga waits, what is done, and what remains', async () => {
  await aStuckSaga();
  const [listed] = await operators('shipping').sagas.list({ status: 'running' }, 10);
  expect(listed).toMatchObject({ saga: 'SHIPPING', txId: 'a', step: 'Carry', needsOperator: false });
  expect(listed!.why).toMatch(/^Carry was asked once on carry; it waits for Carried until .*Then it asks again\.$/);
  const shown = await operators('shipping').sagas.show('SHIPPING', 'a');
  expect(shown).toMatchObject({ done: ['Pack'], remaining: [], owed: [] });
  expect(shown!.commands).toEqual([
    { messageId: 'SHIPPING/a/Pack', type: 'Pack', message: parcel },
    { messageId: 'SHIPPING/a/Carry', type: 'Carry', message: parcel },
  ]);
  expect(shown!.history.map(({ type }) => type)).toEqual(['Pack', 'Packed', 'Carry']);
  expect(await operators('shipping').sagas.show('SHIPPING', 'b')).toBeUndefined();
});

test('a saga that nobody answers says that it needs an operator; a retry brings it to its end', async () => {
  await aStuckSaga();
  for (let count = 0; count < attemptsMax; count++) await world.pass(Math.max(retryAfterMsMax, defaultRetryAfterMs));
  expect(await operators('shipping').sagas.list({ needsOperator: true }, 10)).toMatchObject([
    { why: expect.stringMatching(/^Carry was asked 20 times.* nobody has answered: bring its participant back/) },
  ]);
  faults.loses = () => false;
  expect(await sagaAct('retry')).toMatchObject({
    done: { outcome: 'done', does: expect.stringContaining('Carry again') },
  });
  await world.settled();
  expect(ended).toEqual([`approved ${JSON.stringify(parcel)}`]);
  expect(await operators('shipping').sagas.list({ needsOperator: true }, 10)).toEqual([]);
});

test('a dry run changes nothing and says what would be done', async () => {
  await aStuckSaga();
  const sent = world.records().length;
  const would = await operators('shipping').sagas.act('compensate', 'SHIPPING', 'a', on);
  expect(would).toMatchObject({
    outcome: 'would',
    does: 'compensates with Unpack. Its pivot Carry was sent: make sure that it has not happened',
  });
  await world.settled();
  expect(world.records()).toHaveLength(sent);
  expect(await audit('shipping')).toEqual([]);
});

test.each([
  ['skip', { reply: parcel }, `approved ${JSON.stringify(parcel)}`, []],
  ['compensate', {}, `Carry COMPENSATED_BY_OPERATOR ${JSON.stringify(parcel)}`, ['Unpack']],
  ['abandon', {}, `Carry ABANDONED_BY_OPERATOR ${JSON.stringify(parcel)}`, []],
])('to %s ends it, once, and is noted', async (verb, details, end, undone) => {
  await aStuckSaga();
  expect(await sagaAct(verb, details)).toMatchObject({ would: { outcome: 'would' }, done: { outcome: 'done' } });
  await world.settled();
  expect(ended).toEqual([end]);
  expect(world.log.filter((name) => name === 'Unpack')).toEqual(undone);
  expect(await audit('shipping')).toMatchObject([
    {
      who: 'Ada',
      verb,
      subject: 'saga SHIPPING/a',
      reason: on.reason,
      before: expect.stringContaining('"step":"Carry"'),
    },
  ]);
  const { acts } = (await operators('shipping').sagas.show('SHIPPING', 'a'))!;
  expect(acts).toMatchObject([{ who: 'Ada', verb, reason: on.reason, txId: 'a' }]);
  expect(await world.service('shipping').acts('a')).toEqual(acts);
  expect(await sagaAct(verb, details)).toMatchObject({
    done: { outcome: 'refused', detail: expect.stringContaining('it has ended') },
  });
});

test('whoever loses a race is told how it stands, and has done nothing', async () => {
  await aStuckSaga();
  const would = await operators('shipping').sagas.act('abandon', 'SHIPPING', 'a', on);
  faults.loses = () => false;
  await world.pass(defaultRetryAfterMs);
  await world.settled();
  const { version } = would as { version: string };
  expect(await operators('shipping').sagas.act('abandon', 'SHIPPING', 'a', { ...on, version })).toMatchObject({
    outcome: 'moved',
    detail: expect.stringMatching(/^it has moved on meanwhile: it is completed at Carry since /),
  });
  expect(ended).toEqual([`approved ${JSON.stringify(parcel)}`]);
  expect(await audit('shipping')).toEqual([]);
});

test.each([
  ['skip', {}, 'the reply that Carry would have had, Carried, is needed'],
  ['skip', { reply: { item: 'a', count: 'one' } }, 'reply.count is "one", and has to be "int"'],
  ['cancel', { code: 'BORED' }, 'it names none, so compensate it instead'],
])('to %s with %j is refused, with the way out', async (verb, details, detail) => {
  await aStuckSaga();
  expect((await sagaAct(verb, details)).done).toMatchObject({
    outcome: 'refused',
    detail: expect.stringContaining(detail),
  });
});

describe('a line that a handler with a bug has parked', () => {
  let mended: boolean;
  const aParkedLine = async () => {
    mended = false;
    const { literal } = aShop((item) => {
      if (!mended && item === 'bad') throw new Error('a bug');
    });
    world = await worldWith({}, literal);
    const send = (item: string, id: string) =>
      world.send(Pack.of({ item, count: 1 }), { target: id, txId: 'a', id: `${id}/a/Pack` });
    for (const [item, id] of [
      ['bad', 'ONE'],
      ['good', 'TWO'],
      ['good', 'THREE'],
    ] as const)
      await send(item, id);
    await world.pass(120_000);
  };
  const stock = async () =>
    (await world.storesOf('shop').reader.query((knex) => knex('parcels').select('count'))) as unknown[];

  test('is seen, replayed in order once the bug is mended, each with its effect once', async () => {
    await aParkedLine();
    const { parked } = operators('shop');
    const found = await parked.list({}, 10);
    expect(found.map(({ reason }) => reason).sort()).toEqual(['behind', 'behind', 'exhausted']);
    const head = found.find(({ reason }) => reason === 'exhausted')!;
    expect(head).toMatchObject({ error: 'Error: a bug', why: expect.stringContaining('It blocks shop|a') });
    expect(await parked.show(head.id)).toMatchObject({ message: { message: { item: 'bad', count: 1 } } });
    const behind = found.find(({ reason }) => reason === 'behind')!;
    expect(await parked.act('replay', behind.id, on)).toMatchObject({
      outcome: 'refused',
      detail: expect.stringContaining('it is behind another one of shop|a'),
    });
    mended = true;
    expect(await twice((request) => parked.act('replay', head.id, request))).toMatchObject({
      done: { outcome: 'done' },
    });
    await world.pass(10_000);
    expect(await parked.list({}, 10)).toEqual([]);
    expect(await stock()).toEqual([{ count: 3 }]);
    expect(world.log.filter((name) => name === 'Packed')).toHaveLength(3);
    const replay = { verb: 'replay', subject: `parked ${head.id}`, who: 'Ada' };
    expect(await audit('shop')).toMatchObject([replay]);
    expect(await world.service('shop').acts('a')).toMatchObject([replay]);
  });

  test('goes on without the message that is dropped', async () => {
    await aParkedLine();
    const { parked } = operators('shop');
    const [head] = await parked.list({ reason: 'exhausted' }, 10);
    expect(await twice((request) => parked.act('drop', head!.id, request))).toMatchObject({
      done: { outcome: 'done' },
    });
    await world.pass(10_000);
    expect(await parked.list({}, 10)).toEqual([]);
    expect(await stock()).toEqual([{ count: 2 }]);
    expect(await parked.act('drop', head!.id, on)).toMatchObject({ outcome: 'unknown' });
  });

  test('is parked again when it is replayed too early, and still counts once in the end', async () => {
    await aParkedLine();
    const { parked } = operators('shop');
    const replayed = async () => {
      const [head] = await parked.list({ reason: 'exhausted' }, 10);
      await twice((request) => parked.act('replay', head!.id, request));
      await world.pass(120_000);
    };
    await replayed();
    expect(await parked.list({ reason: 'exhausted' }, 10)).toMatchObject([{ times: 2 }]);
    mended = true;
    await replayed();
    expect(await stock()).toEqual([{ count: 3 }]);
  });
});
