import type { Writes } from 'saga-kit/runtime';
import { faultyStores, worldWith, type World } from 'saga-kit/testing';
import { aShop, Pack } from './a-shop';

let world: World;
afterEach(() => world.close());

const pack = (txId: string) => world.send(Pack.of({ item: 'x', count: 1 }), { target: 'SHIPPING', txId });
const query = (sql: string) => world.storesOf('shop').reader.query((knex) => knex.raw(sql));
const packed = async () =>
  ((await query('select tx_id from parcels order by tx_id')) as { tx_id: string }[]).map(({ tx_id }) => tx_id);

test('a row that somebody else holds for long keeps its own line waiting, and nobody else; no budget is used', async () => {
  let held = true;
  const touches = (rows: Writes['rows'], id: string) =>
    [...rows].some(([table, entries]) => table.name === 'parcels' && [...entries].some((entry) => entry.id === id));
  const stores = (real: Parameters<typeof faultyStores>[0]) =>
    faultyStores(real, (rows) => (held && touches(rows, 'held') ? 'conflict' : undefined));
  const { literal } = aShop();
  world = await worldWith({ stores }, literal);
  for (const txId of ['a', 'held', 'b']) await pack(txId);
  await world.pass(20_000);
  expect(await packed()).toEqual(['a', 'b']);
  await pack('c');
  await world.pass(1_000);
  expect(await packed()).toEqual(['a', 'b', 'c']);
  await world.pass(10 * 60_000);
  held = false;
  await world.settled();
  expect(await packed()).toEqual(['a', 'b', 'c', 'held']);
  expect(await query('select * from kit_parked')).toEqual([]);
  expect(await query('select * from kit_ordering_keys')).toEqual([]);
});
