import { FaultyBroker, stub, worldWith, type Stub, type World } from 'saga-kit/testing';
import { inserts, look, together, upserts, write } from '../src/conformance/transacting';
import { historyIn, historyTable, sagaTable, type HistoryRow, type SagaRow } from '../src/runtime';
import { wasHandled } from '../src/runtime/consumer/was-handled';
import { Batch } from '../src/runtime/transaction/batch';
import { aShipping, Carry, ended, shippingSaga, ShippingWork } from './a-shipping';
import { Pack, Packed, Unpack } from './a-shop';

let world: World;
let faults: FaultyBroker;
let carrier: Stub<typeof Carry>;
beforeEach(async () => {
  ended.splice(0);
  carrier = stub('carrier', [Carry]);
  const broker = (real: ConstructorParameters<typeof FaultyBroker>[0]) => (faults = new FaultyBroker(real));
  world = await worldWith({ broker }, aShipping(), stub('shop', [Pack, Unpack]), carrier);
});
afterEach(() => world.close());

const parcel = { item: 'x', count: 1 };
const stores = () => world.storesOf('shipping');
async function begin(): Promise<void> {
  await world.work('shipping', ShippingWork).run(({ sagas }) => sagas.begin(shippingSaga, 'a', parcel));
  await world.settled();
}
const carryIsLost = () => (faults.loses = ({ topic }) => topic === Carry.topic);
const packed = (changes: { readonly id?: string; readonly causationId?: string } = {}) => {
  const causationId = changes.causationId ?? 'SHIPPING/a/Pack';
  return world.send(Packed.of(parcel), {
    target: 'SHIPPING',
    txId: 'a',
    id: `${causationId}/answer`,
    causationId,
    ...changes,
  });
};
const theSaga = async (): Promise<SagaRow> => (await look(stores(), sagaTable, ['SHIPPING/a']))[0]!;
/** Rows of its own. */
const rowsOf = () =>
  stores().reader.query<{ type: string; awaited: number; times: number }[]>((knex) =>
    knex('kit_history').select('type', 'awaited', 'times').orderBy('number'),
  );
const told = (history: readonly HistoryRow[]) =>
  history.map(({ number, direction, messageId, awaited, times }) =>
    [number, direction, messageId.replace('SHIPPING/a/', ''), `${times}${awaited ? '' : ' not awaited'}`].join(' '),
  );
const history = async () => told(await stores().sagaStore.history('SHIPPING', 'a'));

test('all that an ordinary saga sends and receives is in its own row, in some 40 characters each', async () => {
  await begin();
  expect(ended).toHaveLength(1);
  expect(await rowsOf()).toEqual([]);
  expect(await history()).toEqual([
    '1 sent Pack 1',
    '2 received Pack/answer 1',
    '3 sent Carry 1',
    '4 received Carry/answer 1',
  ]);
  const row = await theSaga();
  expect(told(historyIn(row))).toEqual(await history());
  expect(row.events).toBe(4);
  expect(row.history!.length).toBeLessThan(4 * 40);
  const [sent, answer, next] = await stores().sagaStore.history('SHIPPING', 'a');
  expect(answer).toMatchObject({ causationId: sent!.messageId, topic: 'packed', type: 'Packed', code: null });
  expect(next).toMatchObject({ causationId: answer!.messageId, topic: 'carry', type: 'Carry' });
});

test('an answer that comes again is counted where it stands', async () => {
  carryIsLost();
  await begin();
  await packed();
  await packed();
  await world.settled();
  expect(await rowsOf()).toEqual([]);
  expect(await history()).toEqual(['1 sent Pack 1', '2 received Pack/answer 3', '3 sent Carry 1']);
  expect((await theSaga()).events).toBe(3);
});

test('what nobody has asked for has a row of its own, however much of it comes, and its place in the story', async () => {
  carryIsLost();
  await begin();
  const before = (await theSaga()).history;
  for (const causationId of ['SHIPPING/a/Wrap', 'SHIPPING/a/Wrap', 'SHIPPING/a/Tie']) await packed({ causationId });
  await world.settled();
  expect((await theSaga()).history).toBe(before);
  expect(await rowsOf()).toEqual([
    { type: 'Packed', awaited: 0, times: 2 },
    { type: 'Packed', awaited: 0, times: 1 },
  ]);
  await world.send(Carry.reply.of(parcel), {
    ...{ target: 'SHIPPING', txId: 'a', id: 'Carried/late', causationId: 'SHIPPING/a/Carry' },
  });
  await world.settled();
  expect((await history()).slice(3)).toEqual([
    '4 received Wrap/answer 2 not awaited',
    '5 received Tie/answer 1 not awaited',
    '6 received Carried/late 1',
  ]);
});

test('a command that is asked again is counted, and what follows from it stands behind it', async () => {
  carryIsLost();
  await begin();
  await world.pass(20_000);
  expect(await history()).toEqual(['1 sent Pack 1', '2 received Pack/answer 1', '3 sent Carry 3']);
  const [, , carry] = await stores().sagaStore.history('SHIPPING', 'a');
  expect(carry!.lastAt.getTime() - carry!.at.getTime()).toBe(15_000);
  faults.loses = () => false;
  await world.pass(60_000);
  await world.settled();
  expect(ended).toHaveLength(1);
  expect((await history()).at(-1)).toBe('4 received Carry/answer 1');
});

test('a refusal is told with its code and its text, and what was undone because of it', async () => {
  carrier.on(Carry, () => Carry.refuse('TOO_HEAVY', 'says “no”'));
  await begin();
  expect(ended).toEqual([expect.stringContaining('Carry TOO_HEAVY')]);
  expect(await rowsOf()).toEqual([]);
  expect((await history()).slice(2)).toEqual([
    '3 sent Carry 1',
    '4 received Carry/answer 1',
    '5 sent Pack/undo 1',
    '6 received Pack/undo/answer 1',
  ]);
  expect((await stores().sagaStore.history('SHIPPING', 'a'))[3]).toMatchObject({
    ...{ type: 'ErrorEventMessage', code: 'TOO_HEAVY', errorMessage: 'says “no”', causationId: 'SHIPPING/a/Carry' },
  });
});

test('a saga that was begun while its history still was in rows goes on, and its story has both', async () => {
  carryIsLost();
  await begin();
  const [row, rows] = [await theSaga(), await stores().sagaStore.history('SHIPPING', 'a')];
  const before = [inserts(historyTable, ...rows), upserts(sagaTable, { ...row, history: null })];
  await world.stop('shipping');
  await write(stores(), together(...before));
  await world.start(aShipping());
  await packed();
  await world.pass(25_000);
  expect(await history()).toEqual(['1 sent Pack 1', '2 received Pack/answer 2', '3 sent Carry 3']);
  faults.loses = () => false;
  await world.pass(60_000);
  await world.settled();
  expect(ended).toHaveLength(1);
  expect((await history()).at(-1)).toBe('4 received Carry/answer 1');
  expect(await rowsOf()).toHaveLength(3);
});

test('an answer was handled if it is in the history of its saga, or has a row of its own', async () => {
  carryIsLost();
  await begin();
  await packed({ causationId: 'SHIPPING/a/Wrap' });
  await world.settled();
  const known = (command: string, txId = 'a') => {
    const causationId = `SHIPPING/a/${command}`;
    const envelope = { id: `${causationId}/answer`, target: 'SHIPPING', txId, causationId, occurredAt: new Date(0) };
    return isKnown((attempt) => wasHandled(attempt, envelope));
  };
  expect(await known('Pack')).toBe(true);
  expect(await known('Wrap')).toBe(true);
  expect(await known('Carry')).toBe(false);
  expect(await known('Pack', 'b')).toBe(false);
});

/** What an attempt finds in the database. */
async function isKnown(work: Parameters<Batch['attempt']>[0]): Promise<unknown> {
  const found: unknown[] = [];
  const batch = new Batch((wanted) => stores().database.look(wanted));
  await batch.run([async (each) => void found.push(await each.attempt(work))]);
  return found[0];
}
