import fc from 'fast-check';
import { PaperMall } from './a-paper-mall';

/** What arrives next, whether it comes again, and whether a customer cancels the first or the second order before. */
const step = fc.record({
  which: fc.nat(20),
  again: fc.boolean(),
  cancels: fc.option(fc.constantFrom(0, 1), { freq: 5 }),
});
const many = { numRuns: 1_000 };

/** Lets everything arrive, and looks whether what the services have adds up. */
async function ended(mall: PaperMall, orderIds: readonly string[], first: number, quantity: number) {
  while (!mall.isCalm) await mall.arrive(0, false);
  const orders = await mall.orders.getAll(orderIds);
  const deliveries = await mall.deliveries.getAll(orderIds);
  const product = await mall.products.get(1);
  const sold = orders.filter((order) => order?.status === 'COMPLETED').length * quantity;
  expect(orders.map((order) => order?.status)).not.toContain('PENDING');
  expect(product?.stock).toBe(first - sold);
  expect(await mall.catalogue.get(1)).toEqual(product);
  expect(deliveries.map((delivery) => delivery?.status)).toEqual(
    orders.map((order) => (order?.status === 'COMPLETED' ? 'STARTED' : 'CANCELLED')),
  );
  return orders;
}
const times = (mall: PaperMall, name: string) => mall.log.filter((each) => each === name).length;

test('whatever arrives first, or twice, and whenever it is cancelled, an order ends in one way everywhere', () =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.integer({ min: 0, max: 3 }), async (steps, stock) => {
      const mall = new PaperMall({ stock, copied: 10 });
      const { orderId } = await mall.place(2);
      let isCancelled = false;
      for (const { which, again, cancels } of steps) {
        if (cancels === 0) await mall.cancel(orderId);
        isCancelled ||= cancels === 0;
        await mall.arrive(which, again);
      }
      const [order] = await ended(mall, [orderId], stock, 2);
      expect(order?.status).toBe(isCancelled || stock < 2 ? 'CANCELLED' : 'COMPLETED');
      expect(times(mall, 'OrderCancelled')).toBe(order?.status === 'CANCELLED' ? 1 : 0);
      expect(times(mall, 'OrderCompleted')).toBeLessThanOrEqual(1);
      expect(times(mall, 'DeliveryCancelled')).toBeLessThanOrEqual(times(mall, 'DeliveryStarted'));
    }),
    many,
  ));

test('two orders that want the same pieces never get more than there are', () =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), async (steps, stock) => {
      const mall = new PaperMall({ stock, copied: 10 });
      const orderIds = [(await mall.place(2)).orderId, (await mall.place(2)).orderId];
      for (const { which, again, cancels } of steps) {
        if (cancels !== null) await mall.cancel(orderIds[cancels]!);
        await mall.arrive(which, again);
      }
      await ended(mall, orderIds, stock, 2);
    }),
    many,
  ));
