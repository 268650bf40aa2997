import { stub, worldOf } from 'saga-kit/testing';
import { aShipping, Carry, shippingSaga, ShippingWork } from './a-shipping';
import { aShop } from './a-shop';

test('a world does not come to rest beside a command that nobody in it listens to: it names the command and the way out', async () => {
  const world = await worldOf(aShipping(), aShop().literal);
  await world
    .work('shipping', ShippingWork)
    .run(({ sagas }) => sagas.begin(shippingSaga, 'a', { item: 'x', count: 1 }));
  await expect(world.settled()).rejects.toThrow(
    "nobody in this world listens to Carry on carry, which SHIPPING has sent: start the service that does, or a stub('…', [Carry])",
  );
  await world.start(stub('carrier', [Carry]));
  await world.settled();
  await world.close();
});
