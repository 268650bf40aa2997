import { Unprocessable } from 'saga-kit';
import type { Session } from 'saga-kit/runtime';
import { worldWith, type World, type WorldOptions } from 'saga-kit/testing';
import { aShop, Pack } from './a-shop';

let world: World;
afterEach(() => world.close());

/** As for an instance that has looked before another one wrote the row of an ordering key: it finds none in the table. */
const looksTooEarly: WorldOptions['stores'] = (real) => {
  const open = async (instance: string): Promise<Session> => {
    const session = await real.database.open(instance);
    return Object.assign(Object.create(session) as Session, {
      load: async (wanted: Parameters<Session['load']>[0]) => {
        await session.load(wanted);
        for (const entries of wanted.values()) for (const entry of entries) entry.tableIsEmpty = true;
      },
    });
  };
  return { ...real, database: Object.assign(Object.create(real.database) as typeof real.database, { open }) };
};

test('what a handler has done is thrown away when its message turns out to have to wait', async () => {
  const { literal, handled } = aShop((item) => {
    if (item === 'bad') throw new Unprocessable('no');
  });
  world = await worldWith({ stores: looksTooEarly }, literal);
  const pack = async (item: string, txId: string) => {
    await world.send(Pack.of({ item, count: 1 }), { target: item, txId });
    await world.settled();
  };
  await pack('bad', 'a');
  await pack('good', 'b');
  await pack('good', 'a');
  const rows = (name: string) => world.storesOf('shop').reader.query((knex) => knex(name));
  expect(handled).toEqual(['good', 'good']); // it has begun
  expect(await rows('parcels')).toEqual([{ tx_id: 'b', item: 'good', count: 1 }]);
  expect((await rows('kit_inbox')).map(({ id }: { id: string }) => id)).toEqual(['b/good/b/Pack']);
  expect(world.log.filter((name) => name === 'Packed')).toHaveLength(1);
  expect((await rows('kit_parked')).map(({ reason }: { reason: string }) => reason).sort()).toEqual([
    'behind',
    'unprocessable',
  ]);
});
