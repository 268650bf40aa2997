import { OrderCancelled, OrderPlaced, orderProcess } from '../contracts';
import { cancel, place, type Order } from './order';
import type { OrderWork } from './order-work';

export type NewOrder = Readonly<{
  productId: number;
  quantity: number;
  customerId: number;
  customerName: string;
  address: string;
}>;

/** Places an order, or refuses it at once where the copy of the products says that there is too little; that is told as well. */
export const placeOrder = (work: OrderWork, wanted: NewOrder): Promise<Order | 'NO SUCH PRODUCT'> =>
  work.run(async ({ orders, catalogue, outbox, ids }) => {
    const product = await catalogue.get(wanted.productId);
    if (!product) return 'NO SUCH PRODUCT';
    const orderId = ids.next();
    const placed = place({ orderId, ...wanted });
    const order = product.stock < wanted.quantity ? cancel(placed, 'OUT_OF_STOCK') : placed;
    orders.add(order);
    const event =
      order.status === 'CANCELLED'
        ? OrderCancelled.of(order)
        : OrderPlaced.of({ orderId, ...wanted, price: product.price });
    outbox.add(orderProcess(orderId), event);
    return order;
  });

/** What was cancelled stays so, for the reason that it had first. */
export const cancelOrder = (work: OrderWork, orderId: string): Promise<Order | undefined> =>
  work.run(async ({ orders, outbox }) => {
    const order = await orders.get(orderId);
    if (!order || order.status === 'CANCELLED') return order;
    const cancelled = cancel(order, 'CANCELLED_BY_CUSTOMER');
    orders.put(cancelled);
    outbox.add(orderProcess(orderId), OrderCancelled.of(cancelled));
    return cancelled;
  });
