import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, event, record, saga } from 'saga-kit';
import { openSqlite } from '../src/sql';
import { FaultyBroker, stub, worldWith, type World } from 'saga-kit/testing';
import { aShipping, Carry, ended, Parcel, shippingSaga, ShippingWork } from './a-shipping';
import { Pack, Unpack } from './a-shop';

const fields = [
  { name: 'item', type: 'string' },
  { name: 'count', type: 'int' },
] as const;
const Weighed = event({ type: 'record', name: 'Weighed', namespace: 'shop', topic: 'weighed', fields });
const Weigh = command({
  type: 'record',
  name: 'Weigh',
  namespace: 'shop',
  topic: 'weigh',
  fields,
  reply: Weighed,
  refusals: [],
});
const weigh = { do: Weigh, undo: 'nothing' } as const;
const pack = { do: Pack, undo: Unpack } as const;
const NotedParcel = record({
  type: 'record',
  name: 'Parcel',
  namespace: 'shipping',
  fields: [...fields, { name: 'note', type: ['null', 'string'], default: null } as const],
});

let world: World;
let faults: FaultyBroker;
afterEach(() => world.close());
beforeEach(() => ended.splice(0));

/** A saga that waits for its parcel to be packed, in a service that was stopped then. */
async function anOpenSaga(): Promise<void> {
  world = await worldWith(
    { broker: (real) => (faults = new FaultyBroker(real)) },
    aShipping(),
    stub('shop', [Pack, Unpack, Weigh]),
    stub('carrier', [Carry]),
  );
  faults.loses = ({ topic }) => topic === Pack.topic;
  await world
    .work('shipping', ShippingWork)
    .run(({ sagas }) => sagas.begin(shippingSaga, 'a', { item: 'x', count: 1 }));
  await world.settled();
  await world.stop('shipping');
  faults.loses = () => false;
}

/** What the saga comes to with the next definition of it. */
async function goesOnAs(definition: unknown): Promise<string[]> {
  await world.start(aShipping(definition));
  const causationId = 'SHIPPING/a/Pack';
  await world.send(Pack.reply.of({ item: 'x', count: 1 }), {
    target: 'SHIPPING',
    txId: 'a',
    id: `${causationId}/answer`,
    causationId,
  });
  await world.settled();
  return ended;
}

test('a state with a new field is read with its default by what was begun before', async () => {
  await anOpenSaga();
  const definition = saga({ name: 'SHIPPING', state: NotedParcel, compensatable: [pack], pivot: { do: Carry } });
  expect(await goesOnAs(definition)).toEqual(['approved {"item":"x","count":1,"note":null}']);
});

test('a step that comes behind where an open instance stands is simply done', async () => {
  await anOpenSaga();
  const definition = saga({ name: 'SHIPPING', state: Parcel, compensatable: [pack, weigh], pivot: { do: Carry } });
  expect(await goesOnAs(definition)).toEqual(['approved {"item":"x","count":1}']);
  expect(world.log).toContain('Weigh');
});

test.each([
  { what: 'inserted before', steps: [weigh, pack] },
  { what: 'dropped', steps: [weigh] },
  { what: 'undone in another way', steps: [{ ...pack, undo: 'nothing' as const }] },
])('a service does not start with a definition in which the step that is awaited was $what', async ({ steps }) => {
  await anOpenSaga();
  const definition = saga({ name: 'SHIPPING', state: Parcel, compensatable: steps, pivot: { do: Carry } } as any);
  await expect(world.start(aShipping(definition))).rejects.toThrow(
    /SHIPPING does not fit 1 open instances.*compensatable Pack Unpack/,
  );
  expect(await goesOnAs(shippingSaga)).toEqual(['approved {"item":"x","count":1}']);
});

test('an older program leaves alone what a newer one has begun, until that goes on with it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'saga-kit-definitions-'));
  try {
    const open = () => openSqlite({ file: join(folder, 'shared.db'), migrations: [] });
    const newer = saga({ name: 'SHIPPING', state: NotedParcel, compensatable: [pack], pivot: { do: Carry } });
    world = await worldWith({ open }, { ...aShipping(), name: 'older' });
    await world.start({ ...aShipping(newer), name: 'newer' });
    await world
      .work('newer', ShippingWork)
      .run(({ sagas }) => sagas.begin(newer, 'a', { item: 'x', count: 1, note: 'careful' }));
    await world.pass(1_000);
    await world.start(stub('shop', [Pack, Unpack]));
    await world.start(stub('carrier', [Carry]));
    await world.settled();
    expect(ended).toEqual(['approved {"item":"x","count":1,"note":"careful"}']);
    await world.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
