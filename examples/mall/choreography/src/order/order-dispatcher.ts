import { dispatcher, type Repository } from 'saga-kit';
import {
  DeliveryStarted,
  OrderCancelled,
  OrderCompleted,
  ProductChanged,
  ProductOutOfStock,
  StockDecreased,
} from '../contracts';
import { cancel, hear, newer, type Order } from './order';
import { OrderWork } from './order-work';

const heard = [ProductChanged, StockDecreased, ProductOutOfStock, DeliveryStarted] as const;

export const orderDispatcher = dispatcher(heard, OrderWork, {
  ProductChanged: async ({ message }, { catalogue }) => {
    catalogue.put(newer(await catalogue.get(message.productId), message));
    return [];
  },
  StockDecreased: ({ message }, { orders }) => goOn(orders, message.orderId, { stockTaken: true }),
  DeliveryStarted: ({ message }, { orders }) => goOn(orders, message.orderId, { deliveryStarted: true }),
  ProductOutOfStock: async ({ message: { orderId } }, { orders }) => {
    const order = await orders.get(orderId);
    if (order?.status !== 'PENDING') return [];
    const cancelled = cancel(order, 'OUT_OF_STOCK');
    orders.put(cancelled);
    return [OrderCancelled.of(cancelled)];
  },
});

/** What comes after the order was cancelled changes nothing. */
async function goOn(orders: Repository<Order>, orderId: string, fact: Parameters<typeof hear>[1]) {
  const order = await orders.get(orderId);
  if (order?.status !== 'PENDING') return [];
  const next = hear(order, fact);
  orders.put(next);
  return next.status === 'COMPLETED' ? [OrderCompleted.of({ orderId })] : [];
}
