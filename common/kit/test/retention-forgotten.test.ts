import { stub } from 'saga-kit/testing';
import { dayMs, kept, monthly, PurgingWorld, roundMs } from './a-purging-world';
import { keepsAll } from '../src/runtime';
import { aShipping, Carry } from './a-shipping';
import { aShop, Audited, Pack, Unpack } from './a-shop';

let on: PurgingWorld;
beforeEach(() => {
  on = new PurgingWorld();
});
afterEach(() => on.close());

const pack = { target: 'T', txId: 'a' };
const item = { item: 'a', count: 1 };
const ada = { who: 'Ada', reason: 'its bug is mended' };
const parked = () => on.world.service('shop').operators.parked;

test.each([
  ['command', Pack.of(item)],
  ['event', Audited.of(item)],
])(
  'a %s that was handled, forgotten, and sent again is not handled twice: it is parked, and a replay is refused with the time from which on it is safe',
  async (_, message) => {
    const shop = aShop();
    await on.open(monthly, kept(7), shop.literal);
    const record = await on.world.send(message, pack);
    await on.world.settled();
    await on.passDays(31);
    expect((await on.rowsOf('shop'))['kit_inbox']).toBe(0);
    on.world.put(record); // the broker had refused it when it was sent once more, and takes it now
    await on.world.settled();
    expect(shop.handled).toHaveLength(1);
    const [row] = await parked().list({}, 2);
    expect(row).toMatchObject({
      reason: 'forgotten',
      error: expect.stringMatching(/remembered since .* could be done twice/),
      why: expect.stringMatching(/see to it yourself, and drop it/),
    });
    expect(await parked().act('replay', row!.id, ada)).toEqual({ outcome: 'refused', detail: row!.error });
    on.world.put(record);
    await on.world.settled();
    expect(shop.handled).toHaveLength(1);
    expect(await parked().list({}, 2)).toMatchObject([{ reason: 'forgotten', times: 2 }]);
  },
);

test('what comes again after it was forgotten that its undo came first is remembered all the same', async () => {
  await on.open(monthly, kept(7), aShop().literal);
  const [undo, doing] = [
    { ...pack, id: 'T/a/Pack/undo' },
    { ...pack, id: 'T/a/Pack' },
  ];
  const record = await on.world.send(Pack.of(item), doing);
  await on.world.settled();
  await on.world.send(Unpack.of(item), undo);
  await on.world.settled();
  await on.passDays(31);
  on.world.put(record);
  await on.world.settled();
  expect(await on.packed()).toEqual({ a: 0 });
});

test('what was parked before it could be forgotten was never handled: it is replayed however late, and those behind it too', async () => {
  const bug = { there: true };
  const shop = aShop(() => {
    if (bug.there) throw new TypeError('a bug');
  });
  await on.open(monthly, kept(7), shop.literal);
  await on.world.send(Pack.of(item), pack);
  await on.world.pass(60_000);
  await on.world.send(Pack.of(item), { ...pack, target: 'U' });
  await on.world.pass(60_000);
  await on.passDays(60);
  bug.there = false;
  const [first] = await parked().list({ reason: 'exhausted' }, 1);
  const would = await parked().act('replay', first!.id, ada);
  expect(would).toMatchObject({ outcome: 'would' });
  await parked().act('replay', first!.id, { ...ada, version: first!.version });
  await on.world.settled();
  expect(await on.packed()).toEqual({ a: 2 });
  expect(await parked().list({}, 1)).toEqual([]);
});

test('a clock that was set forward alone makes nothing seem forgotten, and purges nothing', async () => {
  const shop = aShop();
  await on.open(monthly, kept(7), shop.literal);
  await on.world.send(Pack.of(item), pack);
  await on.world.settled();
  on.shopClock.set(40 * dayMs);
  await on.world.pass(2 * roundMs);
  await on.world.send(Pack.of(item), { ...pack, target: 'U' });
  await on.world.settled();
  expect(await on.packed()).toEqual({ a: 2 });
  expect((await on.rowsOf('shop'))['kit_inbox']).toBe(2);
});

test('with horizons that were made longer, what was purged before is still known to be forgotten', async () => {
  const shop = aShop();
  await on.open(monthly, kept(7), shop.literal, aShipping(), stub('carrier', [Carry]));
  const record = await on.world.send(Pack.of(item), pack);
  await on.world.settled();
  await on.passDays(31);
  expect((await on.rowsOf('shop'))['kit_inbox']).toBe(0);
  await on.world.stop('shop');
  on.days = keepsAll;
  await on.world.start(shop.literal);
  on.world.put(record);
  await on.world.settled();
  on.world.put(record); // it is parked by then
  await on.world.settled();
  expect(shop.handled).toHaveLength(1);
  expect(await parked().list({}, 1)).toMatchObject([{ reason: 'forgotten', times: 2 }]);
});

test('an instance that keeps everything learns what another one has purged, whose setting is a newer one', async () => {
  const shop = aShop();
  await on.open(keepsAll, kept(7), shop.literal);
  const record = await on.world.send(Pack.of(item), pack);
  await on.world.settled();
  const cutoff = on.world.clock.now().getTime() + 1_000;
  await on.world.storesOf('shop').reader.query(async (knex) => {
    await knex('kit_inbox').delete();
    await knex('kit_purges').where({ id: 'inbox' }).update({ cutoff });
  });
  await on.world.pass(60_000);
  on.world.put(record);
  await on.world.settled();
  expect(shop.handled).toHaveLength(1);
  expect(await parked().list({}, 1)).toMatchObject([{ reason: 'forgotten' }]);
});
