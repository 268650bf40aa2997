import { faultyStores, worldWith, type World } from 'saga-kit/testing';
import { aShop, Pack } from './a-shop';

let world: World;
afterEach(() => world.close());

test('what was committed though its answer was lost, and nobody could ask before the stop, is sent by the next life', async () => {
  const { literal } = aShop();
  let down = false;
  let last = true;
  world = await worldWith(
    {
      stores: (stores) =>
        faultyStores(
          stores,
          (_rows, outbox) => {
            down = last && outbox.length > 0;
            return down ? 'lost after' : undefined;
          },
          () => down,
        ),
    },
    literal,
  );
  await world.send(Pack.of({ item: 'x', count: 1 }), { target: 'T', txId: 'a' });
  await world.pass(1_000);
  const stopping = world.stop('shop');
  await world.pass(20_000);
  await stopping;
  [down, last] = [false, false];
  const { outbox, reader } = world.storesOf('shop');
  const left = await reader.query((knex) => knex('kit_outbox').pluck('producer'));
  expect(left).toHaveLength(1);
  expect((await outbox.all()).map(({ producer }) => producer)).toEqual(left);
  await world.start(literal);
  await world.settled();
  expect(world.log).toEqual(['Pack', 'Packed', 'Packed']); // the second for the command, which came again
});
