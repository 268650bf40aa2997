import { inMemory, workOf } from 'saga-kit/testing';
import type { Order } from '../domain/order';
import { orderCreation } from './order-creation.saga';
import { OrderWork, type Placement } from './order-work';
import { PlaceOrder } from './place-order';

const begin = jest.fn();
const items = [{ productId: 1, quantity: 2 }];

function aService() {
  const orders = inMemory<Order>(({ orderId }) => orderId);
  const placements = inMemory<Placement>(({ key }) => key);
  const work = workOf(OrderWork, { orders, placements }, { sagas: { begin } });
  return { placeOrder: new PlaceOrder(work), orders };
}
beforeEach(() => begin.mockReset());

test('an order that is placed is PENDING, has no price yet, and begins its saga', async () => {
  const { placeOrder, orders } = aService();
  const placed = await placeOrder.execute({ userId: 7, items });
  expect(placed).toMatchObject({ orderId: 'id-1', userId: 7, items, status: 'PENDING', totalPrice: null });
  expect(await orders.get('id-1')).toBe(placed);
  expect(begin).toHaveBeenCalledWith(
    orderCreation,
    'id-1',
    expect.objectContaining({ userId: 7, items, totalPrice: 0 }),
  );
});

test('the same order under the same key is placed once, and answered as it is now', async () => {
  const { placeOrder, orders } = aService();
  await placeOrder.execute({ userId: 7, items }, 'key');
  const now = { ...(await orders.get('id-1'))!, status: 'APPROVED', totalPrice: 5, refusal: null } as const;
  orders.put(now);
  expect(await placeOrder.execute({ userId: 7, items }, 'key')).toBe(now);
  expect(begin).toHaveBeenCalledTimes(1);
});

test('another order under a key that was used is not placed', async () => {
  const { placeOrder } = aService();
  await placeOrder.execute({ userId: 7, items }, 'key');
  expect(await placeOrder.execute({ userId: 8, items }, 'key')).toBe('OTHER_ORDER_UNDER_KEY');
  expect(begin).toHaveBeenCalledTimes(1);
});
