import { worldOf, type World } from 'saga-kit/testing';
import { defaultBudgetMs } from '../src/contract';
import { aShop, Pack } from './a-shop';

let world: World;
afterEach(() => world.close());

const target = 'SHIPPING';
const pack = (txId: string, item: string) =>
  world.send(Pack.of({ item, count: 1 }), { target, txId, id: `${target}/${txId}/Pack` });
const inShop = (table: string) => world.storesOf('shop').reader.query((knex) => knex(table));

test('a message that kills its process each time is parked in the end, and everything else is done', async () => {
  let deaths = 0;
  const { literal, handled } = aShop(async (item) => {
    if (item !== 'deadly') return;
    deaths++;
    void world.crash('shop');
    await new Promise(() => {}); // nothing comes after death
  });
  world = await worldOf(literal);
  for (const txId of ['a', 'b', 'c', 'd']) await pack(txId, txId === 'c' ? 'deadly' : `item of ${txId}`);
  for (let lives = 0; lives < 10; lives++) {
    await world.settled();
    if ((await inShop('kit_parked')).length > 0) break;
    await world.start(literal);
  }
  await world.settled();
  expect(await inShop('kit_parked')).toMatchObject([
    { reason: 'exhausted', error: 'its process has died each time it was handled' },
  ]);
  expect(deaths).toBeLessThan(8);
  await pack('e', 'after');
  await world.settled();
  expect([...new Set(handled)].sort()).toEqual(['after', 'item of a', 'item of b', 'item of d']);
});

test('what was handled is not charged with the death of those who met it again, and not parked', async () => {
  const { literal } = aShop();
  world = await worldOf(literal);
  await pack('a', 'x');
  await world.settled();
  const { topic } = Pack.of({ item: 'x', count: 1 }).contract;
  const counted = {
    id: `${topic}|a`,
    head: `${target}/a/Pack`,
    attempts: 3,
    spent_ms: defaultBudgetMs,
    parked: 0,
    released: 0,
  };
  await world.storesOf('shop').reader.query((knex) => knex('kit_ordering_keys').insert(counted)); // and died
  await world.crash('shop');
  await world.start(literal);
  await pack('a', 'x');
  await world.settled();
  expect(await inShop('kit_parked')).toEqual([]);
  expect(await inShop('kit_ordering_keys')).toEqual([]);
  expect(world.log).toEqual(['Pack', 'Packed', 'Pack', 'Packed']);
});
