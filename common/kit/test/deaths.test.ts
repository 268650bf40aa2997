import type { Broker, ConsumerRecord, SubscriptionRequest } from 'saga-kit/runtime';
import { worldOf, worldWith, type World } from 'saga-kit/testing';
import { aShipping } from './a-shipping';
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

test('an answer that its saga has had is not charged with a death either', async () => {
  world = await worldOf(aShipping());
  const answer = () =>
    world.send(Pack.reply.of({ item: 'x', count: 1 }), { target, txId: 'a', id: 'late', causationId: 'unknown' });
  await answer();
  await world.settled();
  const counted = { head: 'late', attempts: 3, spent_ms: defaultBudgetMs, parked: 0, released: 0 };
  const shipping = world.storesOf('shipping').reader;
  await shipping.query((knex) => knex('kit_ordering_keys').insert({ id: `${Pack.reply.topic}|a`, ...counted })); // and died
  await world.crash('shipping');
  await world.start(aShipping());
  await answer();
  await world.settled();
  expect(await shipping.query((knex) => knex('kit_parked'))).toEqual([]);
  expect(await shipping.query((knex) => knex('kit_ordering_keys'))).toEqual([]);
});

test('a partition that moves is no death: who lives charges a message with nothing but its tries', async () => {
  let move = () => {};
  const broker = (real: Broker): Broker => {
    const subscribe = (wanted: SubscriptionRequest) => {
      const taken: ConsumerRecord[] = [];
      move = () => {
        wanted.reassigned();
        wanted.receive(taken);
      };
      return real.subscribe({
        ...wanted,
        receive: (records) => {
          taken.push(...records);
          wanted.receive(records);
        },
      });
    };
    return Object.assign(Object.create(real) as Broker, { subscribe });
  };
  let isStuck = true;
  const { literal, handled } = aShop(() => {
    if (isStuck) throw new Error('the conveyor is stuck');
  });
  world = await worldWith({ broker }, literal);
  await world.crash('shop');
  await pack('a', 'x');
  await world.start(literal);
  for (let moves = 0; moves < 5; moves++) {
    await world.pass(20);
    move();
    await world.pass(20);
    expect(await inShop('kit_parked')).toEqual([]);
  }
  isStuck = false;
  await world.settled();
  expect(handled).toEqual(['x']);
});
