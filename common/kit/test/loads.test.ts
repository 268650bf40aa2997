import type { Session } from 'saga-kit/runtime';
import { stub, worldWith, type World, type WorldOptions } from 'saga-kit/testing';
import { aShipping, Carry, shippingSaga, ShippingWork } from './a-shipping';
import { aShop } from './a-shop';

let world: World;
afterEach(() => world.close());

/** The tables of each load of a service, while an instance of the shipping saga is run and nothing is in its way. */
async function loadsOf(noted: string): Promise<string[][]> {
  const loads: string[][] = [];
  const noting = (session: Session): Session =>
    Object.assign(Object.create(session) as Session, {
      load: (wanted: Parameters<Session['load']>[0]) => {
        loads.push([...wanted.keys()].map(({ name }) => name).sort());
        return session.load(wanted);
      },
    });
  const stores: WorldOptions['stores'] = (real, service) => {
    if (service !== noted) return real;
    const open = async (instance: string) => noting(await real.database.open(instance));
    return { ...real, database: Object.assign(Object.create(real.database) as typeof real.database, { open }) };
  };
  const { literal } = aShop();
  world = await worldWith({ stores }, aShipping(), literal, stub('carrier', [Carry]));
  for (const txId of ['first', 'second']) {
    loads.splice(0); // at first nobody knows that no ordering key is blocked
    await world
      .work('shipping', ShippingWork)
      .run(({ sagas }) => sagas.begin(shippingSaga, txId, { item: 'book', count: 1 }));
    await world.settled();
  }
  return loads;
}

test('the saga that an answer is for is loaded together with the row of its ordering key', async () => {
  expect(await loadsOf('shipping')).toEqual([
    ['kit_ordering_keys', 'kit_sagas'],
    ['kit_ordering_keys', 'kit_sagas'],
  ]);
});

test('what a handler asks for first is loaded together with the row of its ordering key', async () => {
  expect(await loadsOf('shop')).toEqual([['kit_ordering_keys', 'parcels']]);
});
