import { place, type Order, type OrderItem } from '../domain/order';
import { orderCreation } from './order-creation.saga';
import type { OrderWork } from './order-work';

export type NewOrder = Readonly<{ userId: number; items: readonly OrderItem[] }>;

/** Places an order and begins its saga. Under a key that was used for the same order, it is that order again, as it is now. */
export class PlaceOrder {
  constructor(private readonly work: OrderWork) {}

  execute(newOrder: NewOrder, key?: string): Promise<Order | 'OTHER_ORDER_UNDER_KEY'> {
    const { userId, items } = newOrder;
    const content = JSON.stringify({ userId, items });
    return this.work.run(async ({ orders, placements, sagas, ids, clock }) => {
      const earlier = key === undefined ? undefined : await placements.get(key);
      if (earlier && earlier.content !== content) return 'OTHER_ORDER_UNDER_KEY';
      const known = earlier && (await orders.get(earlier.orderId));
      if (known) return known;
      const order = place(ids.next(), userId, items, clock.now());
      orders.add(order);
      if (key !== undefined) placements.add({ key, orderId: order.orderId, content, at: order.createdAt });
      await sagas.begin(orderCreation, order.orderId, { ...order, totalPrice: 0 });
      return order;
    });
  }
}
