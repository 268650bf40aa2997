import { Unprocessable } from 'saga-kit';
import { orderingKeyTable, type ParkedRow, parkedTable } from 'saga-kit/runtime';
import { faultyStores, worldOf, worldWith, type World, type WorldOptions } from 'saga-kit/testing';
import { defaultBudgetMs } from '../src/contract';
import { aShop, Audited, Pack, Unpack } from './a-shop';

let world: World;
afterEach(() => world.close());

const target = 'SHIPPING';
const pack = (txId: string, item: string, step = 'Pack') =>
  world.send(Pack.of({ item, count: 1 }), { target, txId, id: `${target}/${txId}/${step}` });
const parked = async (): Promise<ParkedRow[]> => {
  const rows = await world
    .storesOf('shop')
    .reader.query((knex) => knex('kit_parked').orderBy('at').orderBy('record_offset'));
  return rows.map((row: Record<string, never>) =>
    parkedTable.toItem(parkedTable.columns.map((column) => row[column]!)),
  );
};
const keysLeft = () => world.storesOf('shop').reader.query((knex) => knex('kit_ordering_keys'));
const failing = (times: number, message = 'the conveyor is stuck') => {
  let left = times;
  return (item: string) => {
    if (item === 'bad' && left-- > 0) throw new Error(message);
  };
};

test('what a handler throws is tried again, later and later, while others go on', async () => {
  const { literal, handled } = aShop(failing(3));
  world = await worldOf(literal);
  await pack('a', 'bad');
  await pack('b', 'good');
  await world.settled();
  expect(handled).toEqual(['good', 'bad']);
  expect(await parked()).toEqual([]);
  expect(await keysLeft()).toEqual([]);
});

test('an ordering key keeps its order while its head is tried again', async () => {
  const { literal, handled } = aShop(failing(2));
  world = await worldOf(literal);
  await pack('a', 'bad');
  await world.send(Unpack.of({ item: 'later', count: 1 }), { target, txId: 'a', id: `${target}/a/Pack/undo` });
  await world.settled();
  expect(handled).toEqual(['bad']);
  expect(world.log.filter((name) => name.endsWith('acked') && name !== 'Pack')).toEqual(['Packed', 'Unpacked']);
});

test('a message that was handled and comes again is answered the same, also where its handler would not have it twice', async () => {
  let times = 0;
  const { literal, handled } = aShop(() => {
    if (++times > 1) throw new Unprocessable('it is packed already');
  });
  world = await worldOf(literal);
  for (const _time of [1, 2]) {
    await pack('a', 'x');
    await world.settled();
  }
  expect(handled).toEqual(['x']);
  expect(world.log).toEqual(['Pack', 'Packed', 'Pack', 'Packed']);
  expect(await parked()).toEqual([]);
  expect(await keysLeft()).toEqual([]);
});

test('a message whose budget is used up is parked with its bytes, and the rest of its ordering key behind it; other lines go on', async () => {
  const { literal, handled } = aShop(failing(Infinity));
  world = await worldOf(literal);
  const record = await pack('a', 'bad');
  await world.settled();
  await world.pass(2 * defaultBudgetMs);
  await world.send(Unpack.of({ item: 'x', count: 1 }), { target, txId: 'a', id: `${target}/a/Other/undo` });
  await world.send(Audited.of({ item: 'a', count: 1 }), { target, txId: 'a', id: 'audit-1' });
  await pack('b', 'good');
  await world.settled();
  expect(handled.sort()).toEqual(['audit of a', 'good']);
  const [head, behind, ...more] = await parked();
  expect(more).toEqual([]);
  expect(head).toMatchObject({
    id: `shop/${target}/a/Pack`,
    orderingKey: 'shop|a',
    reason: 'exhausted',
    error: 'Error: the conveyor is stuck',
    topic: 'shop',
    value: record.value,
  });
  expect(head!.attempts).toBeGreaterThan(5);
  expect(behind).toMatchObject({ reason: 'behind', orderingKey: 'shop|a' });
});

test('an unprocessable message is parked at once', async () => {
  const { literal } = aShop((item) => {
    if (item === 'bad') throw new Unprocessable('there is no such item');
  });
  world = await worldOf(literal);
  await pack('a', 'bad');
  await world.settled();
  expect(await parked()).toMatchObject([{ reason: 'unprocessable', error: 'there is no such item', attempts: 1 }]);
});

test('a message that is parked already is counted when it comes again, not parked twice', async () => {
  const { literal } = aShop(() => {
    throw new Unprocessable('no');
  });
  world = await worldOf(literal);
  const record = await pack('a', 'bad');
  await world.settled();
  world.put(record, record);
  await world.settled();
  expect(await parked()).toMatchObject([{ times: 3 }]);
  expect(await keysLeft()).toMatchObject([{ id: 'shop|a', parked: 1 }]);
});

test('an undo goes past its own parked do, which is kept and marked; the ordering key is free again', async () => {
  const { literal, handled } = aShop((item) => {
    if (item === 'bad') throw new Unprocessable('no');
  });
  world = await worldOf(literal);
  await pack('a', 'bad');
  await world.settled();
  await world.send(Unpack.of({ item: 'bad', count: 1 }), { target, txId: 'a', id: `${target}/a/Pack/undo` });
  await world.settled();
  expect(world.log).toEqual(['Pack', 'Unpack', 'Unpacked']);
  expect(await parked()).toMatchObject([{ overtaken: true, reason: 'unprocessable' }]);
  expect(await keysLeft()).toEqual([]);
  await world.send(Pack.of({ item: 'good', count: 1 }), { target: 'OTHER', txId: 'a' });
  await world.settled();
  expect(handled).toEqual(['good']);
});

test('tries that were made before a restart count', async () => {
  let tries = 0;
  const { literal } = aShop(() => {
    tries++;
    throw new Error('no');
  });
  world = await worldOf(literal);
  await pack('a', 'bad');
  await world.pass(3_000);
  const before = tries;
  expect(before).toBeGreaterThan(1);
  await world.stop('shop');
  await world.start(literal);
  await world.pass(2 * defaultBudgetMs);
  const [row] = await parked();
  expect(row?.attempts).toBe(tries);
  expect(tries).toBeLessThan(20);
});

test('a message that comes while another transaction is under way does not overtake those that wait in its ordering key', async () => {
  let goOn = () => {};
  const stuck = failing(1);
  const { literal, handled } = aShop((item) => {
    if (item === 'slow') return new Promise<void>((resolve) => (goOn = resolve));
    return stuck(item);
  });
  world = await worldOf(literal);
  const send = (item: string, txId = 'a') =>
    world.send(Pack.of({ item, count: 1 }), { target: 'T', txId, id: `T/${txId}/Pack`, causationId: item });
  const audit = (item: string) =>
    world.send(Audited.of({ item, count: 1 }), { target, txId: 'a', id: `audit-${item}` });
  await audit('bad');
  await audit('second');
  await world.pass(1);
  await send('slow', 'b');
  await world.pass(1);
  await audit('third');
  await world.pass(5_000); // the next try of "bad" is due while "slow" holds the transaction open
  goOn();
  await world.settled();
  expect(handled.filter((each) => each.startsWith('audit'))).toEqual([
    'audit of bad',
    'audit of second',
    'audit of third',
  ]);
});

test('an ordering key that was longer than a transaction keeps its order after its process has died', async () => {
  const { literal, handled } = aShop();
  world = await worldOf(literal);
  await world.crash('shop');
  const wanted = Array.from({ length: 1_100 }, (_, index) => `audit of ${index}`);
  for (const index of wanted.keys())
    await world.send(Audited.of({ item: `${index}`, count: 1 }), { target, txId: 'a', id: `audit-${index}` });
  await world.start(literal);
  await world.settled();
  expect([...new Set(handled)]).toEqual(wanted);
});

test('an ordering key keeps its order when a transaction that counts its tries is refused, and they are counted one by one', async () => {
  const { literal, handled } = aShop();
  let refusals = 0;
  const stores: WorldOptions['stores'] = (real) =>
    faultyStores(real, (rows) => (rows.has(orderingKeyTable) && refusals++ === 0 ? 'refused' : undefined));
  world = await worldWith({ stores }, literal);
  await world.crash('shop');
  for (const item of ['one', 'two', 'three'])
    await world.send(Audited.of({ item, count: 1 }), { target, txId: 'a', id: `audit-${item}` });
  await world.start(literal);
  await world.settled();
  expect(refusals).toBeGreaterThan(1);
  expect(handled).toEqual(['audit of one', 'audit of two', 'audit of three']);
});

test('what was handled and cannot be answered again at once is not counted as tried: whoever handled it would not know', async () => {
  const { literal } = aShop();
  let refuses = 0;
  const written: string[] = [];
  const stores: WorldOptions['stores'] = (real) =>
    faultyStores(real, (rows) => {
      written.push(...[...rows.keys()].map(({ name }) => name));
      return refuses-- > 0 ? 'refused' : undefined;
    });
  world = await worldWith({ stores }, literal);
  await pack('a', 'x');
  await world.settled();
  refuses = 1;
  await pack('a', 'x');
  await world.settled();
  expect(world.log).toEqual(['Pack', 'Packed', 'Pack', 'Packed']);
  expect(written).not.toContain('kit_ordering_keys');
});
