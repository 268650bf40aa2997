import type { Session } from 'saga-kit/runtime';
import { stub, worldWith, type World, type WorldOptions } from 'saga-kit/testing';
import { aShipping, Carry, ended, shippingSaga, ShippingWork } from './a-shipping';
import { Pack, Unpack } from './a-shop';

let world: World;
afterEach(() => world.close());

test('the saga that an answer is for is loaded together with what is loaded first', async () => {
  const loads: string[][] = [];
  const noting = (session: Session): Session =>
    Object.assign(Object.create(session) as Session, {
      load: (wanted: Parameters<Session['load']>[0]) => {
        loads.push([...wanted.keys()].map(({ name }) => name).sort());
        return session.load(wanted);
      },
    });
  const stores: WorldOptions['stores'] = (real, service) => {
    if (service !== 'shipping') return real;
    const open = async (instance: string) => noting(await real.database.open(instance));
    return { ...real, database: Object.assign(Object.create(real.database) as typeof real.database, { open }) };
  };
  world = await worldWith({ stores }, aShipping(), stub('shop', [Pack, Unpack]), stub('carrier', [Carry]));
  await world
    .work('shipping', ShippingWork)
    .run(({ sagas }) => sagas.begin(shippingSaga, 'a', { item: 'book', count: 1 }));
  await world.settled();
  expect(ended).toHaveLength(1);
  expect(loads).toEqual([
    ['kit_ordering_keys', 'kit_sagas'],
    ['kit_ordering_keys', 'kit_sagas'],
  ]);
});
