import { dispatcher, UnitOfWork, type Repository } from 'saga-kit';
import { DeliveryCancelled, DeliveryStarted, OrderCancelled, OrderPlaced } from '../contracts';

export type Delivery = Readonly<{ orderId: string; deliveryId: string; status: 'STARTED' | 'CANCELLED' }>;

export const deliveryEvents = [DeliveryStarted, DeliveryCancelled] as const;

export abstract class DeliveryWork extends UnitOfWork<
  { deliveries: Repository<Delivery> },
  (typeof deliveryEvents)[number]
> {}

export const deliveryDispatcher = dispatcher([OrderPlaced, OrderCancelled] as const, DeliveryWork, {
  OrderPlaced: async ({ message: { orderId, customerName, address } }, { deliveries, ids }) => {
    if (await deliveries.get(orderId)) return []; // it was cancelled before
    const deliveryId = ids.next();
    deliveries.add({ orderId, deliveryId, status: 'STARTED' });
    return [DeliveryStarted.of({ deliveryId, orderId, customerName, address })];
  },
  /** Of an order that was not heard of yet, the row says that nothing is to be started. */
  OrderCancelled: async ({ message: { orderId } }, { deliveries, ids }) => {
    const delivery = await deliveries.get(orderId);
    if (delivery?.status === 'CANCELLED') return [];
    const deliveryId = delivery?.deliveryId ?? ids.next();
    deliveries.put({ orderId, deliveryId, status: 'CANCELLED' });
    return delivery ? [DeliveryCancelled.of({ deliveryId, orderId })] : [];
  },
});
