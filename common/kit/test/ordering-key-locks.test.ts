import { Unprocessable } from 'saga-kit';
import { orderingKeyTable } from 'saga-kit/runtime';
import { faultyStores, worldWith, type World, type WorldOptions } from 'saga-kit/testing';
import { aShop, Audited, Pack, Unpack } from './a-shop';

let world: World;
afterEach(() => world.close());

const target = 'SHIPPING';
const audit = (txId: string, item: string, id: string) =>
  world.send(Audited.of({ item, count: 1 }), { target, txId, id });

test('who changes an ordering key that is there has locked it, since operators change them too, in any instance', async () => {
  const unlocked: unknown[] = [];
  let changed = 0;
  const stores: WorldOptions['stores'] = (real) =>
    faultyStores(real, (rows) => {
      const changes = (rows.get(orderingKeyTable) ?? []).filter(({ stored }) => stored);
      changed += changes.length;
      unlocked.push(...changes.filter(({ locked }) => !locked).map(({ id }) => id));
      return undefined;
    });
  let times = 9;
  const { literal } = aShop((item) => {
    if (item === 'bad') throw new Unprocessable('it does not fit');
    if (item === 'slow' && times-- > 0) throw new Error('the conveyor is stuck');
  });
  world = await worldWith({ stores }, literal);
  await audit('a', 'bad', 'first');
  await audit('a', 'good', 'second');
  await audit('a', 'bad', 'third');
  await audit('b', 'slow', 'slow');
  await world.send(Pack.of({ item: 'bad', count: 1 }), { target, txId: 'c', id: `${target}/c/Pack` });
  await world.settled();
  await world.send(Unpack.of({ item: 'bad', count: 1 }), { target, txId: 'c', id: `${target}/c/Pack/undo` });
  await world.settled();

  const { parked } = world.service('shop').operators;
  const act = async (verb: 'replay' | 'drop', id: string) => {
    const { version = '' } = (await parked.show(id)) ?? {};
    const done = await parked.act(verb, id, { who: 'Ada', reason: 'a test', version });
    expect([verb, id, done]).toMatchObject([verb, id, { outcome: 'done' }]);
    await world.pass(10_000);
  };
  await act('replay', 'audits/first');
  await act('drop', 'audits/third');
  await act('drop', 'audits/first');
  await act('drop', `shop/${target}/c/Pack`);
  expect(await parked.list({}, 10)).toEqual([]);
  expect(await world.storesOf('shop').reader.query((knex) => knex('kit_ordering_keys'))).toEqual([]);
  expect(unlocked).toEqual([]);
  expect(changed).toBeGreaterThan(8);
});
