import { inboxTable } from 'saga-kit/runtime';
import { stub } from 'saga-kit/testing';
import { inserts, look, write } from '../src/conformance/transacting';
import { dayMs, kept, monthly, PurgingWorld, roundMs } from './a-purging-world';
import { aShipping, Carry, ended } from './a-shipping';
import { aShop, Pack, Unpack } from './a-shop';

let on: PurgingWorld;
beforeEach(() => {
  on = new PurgingWorld();
  ended.splice(0);
});
afterEach(() => on.close());

const pack = { target: 'T', txId: 'a' };
const one = Pack.of({ item: 'a', count: 1 });

test('what is older than its horizon is purged: inbox, ended sagas and their history', async () => {
  await on.open(monthly, kept(7), aShipping(), aShop().literal, stub('carrier', [Carry]));
  await on.begin('a');
  await on.world.settled();
  expect(ended).toHaveLength(1);
  await on.answerUnasked('a');
  const [shipping, shop] = [await on.rowsOf('shipping'), await on.rowsOf('shop')];
  expect([shipping['kit_sagas'], shop['kit_inbox']]).toEqual([1, 1]);
  await on.passDays(29);
  expect([await on.rowsOf('shipping'), await on.rowsOf('shop')]).toEqual([shipping, shop]);
  await on.passDays(2);
  const nothing = { kit_inbox: 0, kit_sagas: 0, kit_history: 0, kit_parked: 0 };
  expect([await on.rowsOf('shipping'), await on.rowsOf('shop')]).toEqual([nothing, nothing]);
  const metrics = await on.world.service('shipping').metrics.registry.metrics();
  expect(metrics).toMatch(/^saga_kit_purged_rows_total\{table="kit_sagas",service="shipping"\} 1$/m);
  expect(metrics).toMatch(/^saga_kit_purged_rows_total\{table="kit_history",service="shipping"\} 1$/m);
  await on.world.settled();
});

test('nothing is purged where nothing was said', async () => {
  await on.open({ inbox: 0, sagas: 0, parked: 0 }, kept(Infinity), aShipping(), aShop().literal, stub('c', [Carry]));
  await on.begin('a');
  await on.world.settled();
  const before = [await on.rowsOf('shipping'), await on.rowsOf('shop')];
  await on.passDays(10_000);
  expect([await on.rowsOf('shipping'), await on.rowsOf('shop')]).toEqual(before);
  const metrics = await on.world.service('shop').metrics.registry.metrics();
  const age = Number(/^saga_kit_oldest_row_age_seconds\{table="kit_inbox",.*\} (\S+)$/m.exec(metrics)![1]);
  expect(age).toBeGreaterThanOrEqual(10_000 * 86_400);
  await on.world.settled();
});

test('what comes again within its horizon has no second effect, while others are purged', async () => {
  const shop = aShop();
  await on.open(monthly, kept(7), shop.literal);
  await on.world.send(Pack.of({ item: 'old', count: 1 }), { target: 'T', txId: 'old' });
  await on.world.settled();
  await on.passDays(20);
  const record = await on.world.send(one, pack);
  await on.world.settled();
  await on.passDays(11);
  expect((await on.rowsOf('shop'))['kit_inbox']).toBe(1);
  on.world.put(record);
  await on.world.settled();
  expect(await on.packed()).toEqual({ old: 1, a: 1 });
});

test('a service that is down for longer than its horizon handles nothing twice when it comes back', async () => {
  const shop = aShop();
  await on.open(monthly, kept(0), shop.literal);
  const record = await on.world.send(one, pack);
  await on.world.settled();
  await on.world.crash('shop');
  on.world.put(record); // it was not committed, or is sent again by a sender that was down as well
  on.world.clock.goTo(on.world.clock.now().getTime() + 100 * dayMs);
  await on.world.start(shop.literal);
  await on.world.pass(2 * roundMs);
  expect(await on.packed()).toEqual({ a: 1 });
  expect((await on.rowsOf('shop'))['kit_inbox']).toBe(0);
  await on.world.settled();
});

test('a round does not begin while the service has not read what waits for it', async () => {
  await on.open(monthly, kept(0), aShop().literal);
  const record = await on.world.send(one, pack);
  await on.world.settled();
  on.broker.hold();
  on.world.put(record);
  on.world.clock.goTo(on.world.clock.now().getTime() + 100 * dayMs);
  await on.world.pass(roundMs); // the horizon is over, and the rest too: only what waits is in the way
  expect((await on.rowsOf('shop'))['kit_inbox']).toBe(1);
  on.broker.release();
  await on.world.pass(20_000);
  expect(await on.packed()).toEqual({ a: 1 });
  expect((await on.rowsOf('shop'))['kit_inbox']).toBe(0);
});

test('a round stands still during an outage, in which nobody knows what is on its way', async () => {
  await on.open(monthly, kept(7), aShop().literal);
  const at = on.world.clock.now();
  const rows = Array.from({ length: 9_000 }, (_, number) => ({
    ...({ id: `tx-${number}/m`, outcome: 'handled', type: 'Pack', topic: 'shop', causationId: 'c', at } as const),
    ...{ answerTopic: null, answerType: null, answer: null },
  }));
  await write(on.world.storesOf('shop'), inserts(inboxTable, ...rows));
  const left = async () => (await on.rowsOf('shop'))['kit_inbox']!;
  on.world.clock.goTo(at.getTime() + 31 * dayMs);
  for (let tries = 0; tries < 100 && (await left()) === 9_000; tries++) await on.world.pass(500);
  on.broker.fails = () => 'before';
  await on.world.send(one, pack);
  await on.world.pass(1_000);
  const then = await left();
  expect(then).toBeGreaterThan(1);
  await on.world.pass(30_000);
  expect(await left()).toBe(then);
  on.broker.fails = () => undefined;
  await on.world.pass(roundMs);
  expect(await left()).toBe(1);
});

test('an open saga is never purged, however old, nor its history, nor what its process has handled', async () => {
  await on.open(monthly, kept(7), aShipping(), stub('shop', [Pack, Unpack]), stub('carrier', [Carry]));
  on.broker.loses = ({ topic }) => topic === Carry.topic;
  await on.begin('open');
  await on.world.settled();
  await on.answerUnasked('open');
  const before = await on.rowsOf('shipping');
  expect(before).toMatchObject({ kit_sagas: 1, kit_history: 1 });
  await on.passDays(40);
  expect(await on.rowsOf('shipping')).toEqual(before);
  expect(await on.world.storesOf('shipping').sagaStore.history('SHIPPING', 'open')).toHaveLength(4);
  await on.world.settled();
});

test('an undo whose command never came is remembered for good: the command does nothing when it comes', async () => {
  const shop = aShop();
  await on.open(monthly, kept(7), shop.literal);
  await on.world.send(Unpack.of({ item: 'a', count: 1 }), { target: 'T', txId: 'a', id: 'T/a/Pack/undo' });
  await on.world.settled();
  await on.passDays(60);
  const [row] = await look(on.world.storesOf('shop'), inboxTable, ['a/T/a/Pack']);
  expect(row).toMatchObject({ outcome: 'undone' });
  await on.world.send(one, pack);
  await on.world.settled();
  expect(await on.packed()).toEqual({});
});

test('what could not be read and came before all that is remembered is not replayed', async () => {
  await on.open(monthly, kept(7), aShop().literal);
  on.world.put({ topic: 'shop', key: Buffer.from('k'), value: Buffer.from('garbage') });
  await on.world.settled();
  const { parked } = on.world.service('shop').operators;
  const { id } = (await parked.list({}, 1))[0]!;
  const ask = () => parked.act('replay', id, { who: 'Ada', reason: 'mended' });
  expect(await ask()).toMatchObject({ detail: expect.stringContaining('cannot be read') });
  on.world.clock.goTo(on.world.clock.now().getTime() + 30 * dayMs);
  expect(await ask()).toMatchObject({
    outcome: 'refused',
    detail: expect.stringMatching(/remembered since .* What is of then or later is safe.* drop it$/),
  });
  await on.world.pass(roundMs);
  expect((await on.rowsOf('shop'))['kit_parked']).toBe(0);
  await on.world.settled();
});
