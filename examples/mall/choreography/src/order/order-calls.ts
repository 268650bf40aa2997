import type { PayloadOf } from 'saga-kit';
import { OrderCancelled, OrderPlaced } from '../contracts';
import { cancel, place, type Order } from './order';
import type { OrderWork } from './order-dispatcher';

const processOf = (orderId: string) => ({ target: 'MALL_ORDER', txId: orderId });
export type NewOrder = Omit<PayloadOf<typeof OrderPlaced>, 'orderId' | 'price'>;

/** Refused at once where the copy of the products says that there is too little; that order is kept and told of as well. */
export const placeOrder = (work: OrderWork, wanted: NewOrder): Promise<Order> =>
  work.run(async ({ orders, catalogue, outbox, ids }) => {
    const product = await catalogue.get(wanted.productId);
    const placed = place({ orderId: ids.next(), ...wanted });
    const { orderId } = placed;
    if (product && product.stock >= wanted.quantity) {
      orders.add(placed);
      outbox.add(processOf(orderId), OrderPlaced.of({ orderId, ...wanted, price: product.price }));
      return placed;
    }
    const refused = cancel(placed, 'OUT_OF_STOCK');
    orders.add(refused);
    outbox.add(processOf(orderId), OrderCancelled.of(refused));
    return refused;
  });

/** What was cancelled before stays so, for its reason. */
export const cancelOrder = (work: OrderWork, orderId: string): Promise<Order | undefined> =>
  work.run(async ({ orders, outbox }) => {
    const order = await orders.get(orderId);
    if (!order || order.status === 'CANCELLED') return order;
    const cancelled = cancel(order, 'CANCELLED_BY_CUSTOMER');
    orders.put(cancelled);
    outbox.add(processOf(orderId), OrderCancelled.of(cancelled));
    return cancelled;
  });
