import { dispatcher, UnitOfWork, type EventSourced } from 'saga-kit';
import { CancelDelivery, DeliveryCancelled, DeliveryStarted, StartDelivery } from '../contracts';
import { cancel, start, type Delivery, type DeliveryEvent } from './delivery';

export abstract class DeliveryWork extends UnitOfWork<{ deliveries: EventSourced<Delivery, DeliveryEvent> }> {}

export const deliveryDispatcher = dispatcher([StartDelivery, CancelDelivery] as const, DeliveryWork, {
  StartDelivery: async ({ message: { orderId, productId, quantity } }, { deliveries }) => {
    await deliveries.get(orderId);
    const decided = start({ productId, quantity });
    if (typeof decided === 'string') return StartDelivery.refuse(decided, `${quantity} do not fit into a van`);
    deliveries.append(orderId, decided);
    return DeliveryStarted.of({ orderId });
  },
  CancelDelivery: async ({ message: { orderId } }, { deliveries }) => {
    deliveries.append(orderId, cancel(await deliveries.get(orderId)));
    return DeliveryCancelled.of({ orderId });
  },
});
