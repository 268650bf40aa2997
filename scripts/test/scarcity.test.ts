import { KitchenWork, kitchenId } from '../../kitchen/src/application/kitchen-work';
import { theSystem } from './the-system';

let the: Awaited<ReturnType<typeof theSystem>>;
beforeEach(async () => {
  the = await theSystem();
});
afterEach(() => the.world.close());

const count = (ends: readonly unknown[], end: string) => ends.filter((each) => each === end).length;

test('of 500 orders at once for the last 100 of a product, exactly 100 are approved', async () => {
  await the.world.work('kitchen', KitchenWork).run(async ({ products }) => {
    products.put({ productId: 7, name: 'The last ones', price: 10, stock: 100, available: true });
  });
  const placing = Promise.all(Array.from({ length: 500 }, () => the.place({ userId: 1, productId: 7 })));
  await the.world.settled();
  const ends = await the.ends(await placing);
  expect([count(ends, 'APPROVED'), count(ends, 'SOLD_OUT')]).toEqual([100, 400]);
  expect((await the.books()).stockOf(7)).toBe(0);
});

test('a kitchen of capacity 5 is filled, emptied by approvals, and filled again', async () => {
  const kitchen = the.world.work('kitchen', KitchenWork);
  await kitchen.run(async ({ kitchens }) => kitchens.put({ kitchenId, open: true, capacity: 5, waiting: 0 }));
  const round = async () => {
    const placing = Promise.all(Array.from({ length: 40 }, () => the.place({ userId: 1, productId: 1 })));
    await the.world.settled();
    const ends = await the.ends(await placing);
    expect(count(ends, 'APPROVED') + count(ends, 'REJECTED_FULL_WAITING')).toBe(40);
    expect((await the.books()).waiting).toBe(0);
    return count(ends, 'APPROVED');
  };
  expect(await round()).toBe(5);
  expect(await round()).toBe(5);
});

test('a kitchen that is closed, or that was never opened, takes no ticket', async () => {
  const kitchen = the.world.work('kitchen', KitchenWork);
  await kitchen.run(async ({ kitchens }) => kitchens.put({ kitchenId, open: false, capacity: 5, waiting: 0 }));
  const orderId = await the.place({ userId: 1, productId: 1 });
  await the.world.settled();
  expect(await the.ends([orderId])).toEqual(['REJECTED_FULL_WAITING']);
});
