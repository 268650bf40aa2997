import { Unprocessable } from 'saga-kit';
import { type ParkedRow, parkedTable } from 'saga-kit/runtime';
import { stub, worldOf, type World } from 'saga-kit/testing';
import { aShipping, Carry, ended, shippingSaga, ShippingWork } from './a-shipping';
import { aShop, Audited, Pack, Unpack } from './a-shop';

let world: World;
afterEach(() => world.close());
beforeEach(() => void ended.splice(0));

const tenMinutesMs = 600_000;
const parked = async (service: string): Promise<ParkedRow[]> => {
  const rows = await world
    .storesOf(service)
    .reader.query((knex) => knex('kit_parked').orderByRaw('length(record_offset), record_offset'));
  return rows.map((row: Record<string, never>) =>
    parkedTable.toItem(parkedTable.columns.map((column) => row[column]!)),
  );
};
const keysLeft = (service: string) => world.storesOf(service).reader.query((knex) => knex('kit_ordering_keys'));
const audit = (item: string, txId = 'a') =>
  world.send(Audited.of({ item, count: 1 }), { target: 'T', txId, id: `audit-${txId}-${item.replaceAll(' ', '-')}` });
const begin = (txId: string) =>
  world.work('shipping', ShippingWork).run(({ sagas }) => sagas.begin(shippingSaga, txId, { item: txId, count: 1 }));
const state = (txId: string) => JSON.stringify({ item: txId, count: 1 });

/** Throws until a test says that it is mended. */
function aFault() {
  const fault = { mended: false, times: 0 };
  const strike = () => {
    fault.times++;
    if (!fault.mended) throw new Error('there is a bug');
  };
  return { fault, strike };
}

test('a pivot whose handler throws for ten minutes, and then works, is answered: the saga is approved', async () => {
  const { fault, strike } = aFault();
  const carrier = stub('carrier', [Carry]).on(Carry, (message) => {
    strike();
    return Carry.reply.of(message);
  });
  world = await worldOf(aShipping(), stub('shop', [Pack, Unpack]), carrier);
  await begin('a');
  await world.pass(tenMinutesMs);
  expect(await parked('carrier')).toMatchObject([{ reason: 'exhausted', orderingKey: 'carry|a' }]);
  fault.mended = true;
  await world.pass(tenMinutesMs);
  expect(ended).toEqual([`approved ${state('a')}`]);
  expect(await parked('carrier')).toEqual([]);
  expect(await keysLeft('carrier')).toEqual([]);
  expect(world.service('carrier').health()).toEqual({ ready: true, reasons: [] });
});

test('an undo whose handler throws for ten minutes, and then works, is done: the saga is rejected', async () => {
  const { fault, strike } = aFault();
  const shop = stub('shop', [Pack, Unpack]).on(Unpack, (message) => {
    strike();
    return Unpack.reply.of(message);
  });
  world = await worldOf(aShipping(), shop, stub('carrier', [Carry], [{ command: 'Carry', refuse: 'TOO_HEAVY' }]));
  await begin('a');
  await world.pass(tenMinutesMs);
  expect(await parked('shop')).toMatchObject([{ reason: 'exhausted' }]);
  fault.mended = true;
  await world.pass(tenMinutesMs);
  expect(ended).toEqual([`Carry TOO_HEAVY ${state('a')}`]);
  expect(await parked('shop')).toEqual([]);
});

test('an ending that throws for ten minutes, and then works, ends its saga', async () => {
  const { fault, strike } = aFault();
  const shipping = aShipping();
  world = await worldOf(shipping, stub('shop', [Pack, Unpack]), stub('carrier', [Carry]));
  const push = jest.spyOn(ended, 'push').mockImplementation((...values) => {
    strike();
    return Array.prototype.push.apply(ended, values);
  });
  try {
    await begin('a');
    await world.pass(tenMinutesMs);
    expect(await parked('shipping')).toMatchObject([{ reason: 'exhausted', orderingKey: 'carried|a' }]);
    fault.mended = true;
    await world.pass(tenMinutesMs);
    expect([...ended]).toEqual([`approved ${state('a')}`]);
    expect(await parked('shipping')).toEqual([]);
  } finally {
    push.mockRestore();
  }
});

test('while it goes on failing, a message that comes again has its whole budget again, and stays parked once', async () => {
  const { fault, strike } = aFault();
  const { literal } = aShop(strike);
  world = await worldOf(literal);
  const record = await audit('bad');
  await world.settled();
  const triesOfABudget = fault.times;
  expect(triesOfABudget).toBeGreaterThan(5);
  world.put(record);
  await world.settled();
  expect(fault.times).toBe(2 * triesOfABudget);
  expect(await parked('shop')).toMatchObject([{ reason: 'exhausted', times: 2, attempts: 2 * triesOfABudget }]);
  expect(await keysLeft('shop')).toMatchObject([{ id: 'audits|a', head: null, parked: 1 }]);
});

const behind = Array.from({ length: 10 }, (_, index) => `behind ${index}`);

/** An ordering key whose head is parked, with ten messages behind it. */
async function aBlockedLine(handledBy: (item: string) => void | Promise<void>) {
  const shop = aShop(handledBy);
  world = await worldOf(shop.literal);
  const head = await audit('bad');
  await world.settled();
  for (const item of behind) await audit(item);
  await audit('another', 'b');
  await world.settled();
  expect(await parked('shop')).toHaveLength(11);
  expect(shop.handled).toEqual(['audit of another']);
  shop.handled.splice(0);
  return { head, ...shop };
}
const inOrder = ['bad', ...behind].map((item) => `audit of ${item}`);

test('those that are parked behind a message follow it in order, once each, when it is handled after all', async () => {
  const { fault, strike } = aFault();
  const { head, handled } = await aBlockedLine((item) => void (item === 'bad' && strike()));
  fault.mended = true;
  world.put(head);
  await audit('afterwards');
  await world.settled();
  expect(handled).toEqual([...inOrder, 'audit of afterwards']);
  expect(await parked('shop')).toEqual([]);
  expect(await keysLeft('shop')).toEqual([]);
});

test('a bug that is mended while the service is down: the same bytes, sent again, and those behind follow', async () => {
  const { fault, strike } = aFault();
  const { head, literal, handled } = await aBlockedLine((item) => void (item === 'bad' && strike()));
  await world.stop('shop');
  fault.mended = true;
  world.put(head);
  await world.start(literal);
  await world.settled();
  expect(handled).toEqual(inOrder);
  expect(await parked('shop')).toEqual([]);
});

test('a process that dies in the middle of an ordering key that follows goes on with it after its restart', async () => {
  const { fault, strike } = aFault();
  let deaths = 0;
  const { head, literal, handled } = await aBlockedLine((item) => {
    if (item === 'bad') strike();
    if (item !== 'behind 5' || deaths++ > 0) return undefined;
    void world.crash('shop');
    return new Promise(() => {}); // nothing comes after death
  });
  fault.mended = true;
  world.put(head);
  await world.settled();
  await world.start(literal);
  await world.settled();
  expect([...new Set(handled)]).toEqual(inOrder);
  expect(await parked('shop')).toEqual([]);
  expect(await keysLeft('shop')).toEqual([]);
});

test('one of those behind that fails is parked in its turn, and the rest waits behind it', async () => {
  const first = aFault();
  const second = aFault();
  const { head, handled } = await aBlockedLine((item) => {
    if (item === 'bad') first.strike();
    if (item === 'behind 3') second.strike();
  });
  first.fault.mended = true;
  world.put(head);
  await audit('afterwards');
  await world.settled();
  expect(handled).toEqual(inOrder.slice(0, 4));
  expect((await parked('shop')).map(({ reason }) => reason)).toEqual(['exhausted', ...Array(7).fill('behind')]);
  second.fault.mended = true;
  world.put(...world.records().filter(({ value }) => String(value).includes('behind 3')));
  await world.settled();
  expect(handled).toEqual([...inOrder, 'audit of afterwards']);
  expect(await parked('shop')).toEqual([]);
});

test('those behind a do that its undo has gone past follow as well', async () => {
  const { literal, handled } = aShop((item) => {
    if (item === 'bad') throw new Unprocessable('no');
  });
  world = await worldOf(literal);
  await world.send(Pack.of({ item: 'bad', count: 1 }), { target: 'SHIPPING', txId: 'a' });
  await world.send(Pack.of({ item: 'good', count: 1 }), { target: 'OTHER', txId: 'a' });
  await world.settled();
  expect(handled).toEqual([]);
  const undo = { target: 'SHIPPING', txId: 'a', id: 'SHIPPING/a/Pack/undo' };
  await world.send(Unpack.of({ item: 'bad', count: 1 }), undo);
  await world.settled();
  await world.pass(10_000);
  expect(handled).toEqual(['good']);
  expect(await parked('shop')).toMatchObject([{ overtaken: true }]);
  expect(await keysLeft('shop')).toEqual([]);
});

test('an ordering key that has parked all that it may still tries its head anew', async () => {
  const { fault, strike } = aFault();
  const { literal, handled } = aShop((item) => void (item === 'bad' && strike()));
  world = await worldOf(literal);
  const head = await audit('bad');
  await world.settled();
  for (let count = 1; count <= 1_000; count++) await audit(`behind ${count}`);
  await world.pass(60_000);
  expect(await parked('shop')).toHaveLength(1_000);
  fault.mended = true;
  await world.stop('shop'); // the one that has no place waits in front of what comes now
  world.put(head);
  await world.start(literal);
  await world.pass(60_000);
  await world.settled();
  expect(new Set(handled).size).toBe(1_001);
  expect(await parked('shop')).toEqual([]);
});
