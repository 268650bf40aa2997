import { dispatcher, UnitOfWork, type PayloadOf, type Ports, type Repository } from 'saga-kit';
import * as mall from '../contracts';
import { cancel, hear, type Order } from './order';

/** A product as the order service has heard of it last; the product service may know better by now. */
export type CataloguedProduct = PayloadOf<typeof mall.ProductChanged>;
type Own = { orders: Repository<Order>; catalogue: Repository<CataloguedProduct, number> };

export const orderEvents = [mall.OrderPlaced, mall.OrderCancelled, mall.OrderCompleted] as const;
export abstract class OrderWork extends UnitOfWork<Own, (typeof orderEvents)[number]> {}

const heard = [mall.ProductChanged, mall.StockDecreased, mall.ProductOutOfStock, mall.DeliveryStarted] as const;

export const orderDispatcher = dispatcher(heard, OrderWork, {
  /** Two instances of the product service may send two changes in either order. */
  ProductChanged: async ({ message }, { catalogue }) => {
    const known = await catalogue.get(message.productId);
    if (!known || known.version < message.version) catalogue.put(message);
    return [];
  },
  StockDecreased: ({ message }, ports) => goOn(message.orderId, { stockTaken: true }, ports),
  DeliveryStarted: ({ message }, ports) => goOn(message.orderId, { deliveryStarted: true }, ports),
  ProductOutOfStock: async ({ message: { orderId } }, { orders }) => {
    const order = await orders.get(orderId);
    if (order?.status !== 'PENDING') return [];
    const cancelled = cancel(order, 'OUT_OF_STOCK');
    orders.put(cancelled);
    return [mall.OrderCancelled.of(cancelled)];
  },
});

async function goOn(orderId: string, told: Parameters<typeof hear>[1], { orders }: Ports<Own>) {
  const order = await orders.get(orderId);
  if (!order) return [];
  const next = hear(order, told);
  orders.put(next);
  return next.status === 'COMPLETED' && order.status === 'PENDING' ? [mall.OrderCompleted.of({ orderId })] : [];
}
