import { orchestrator, Unprocessable, type Repository } from 'saga-kit';
import { approve, price, reject, type Order, type PendingOrder } from '../domain/order';
import { orderCreation } from './order-creation.saga';
import { OrderWork } from './order-work';

export const orderOrchestrator = orchestrator(orderCreation, OrderWork, {
  after: {
    CreateTicket: async ({ orderId, totalPrice }, { orders, clock }) =>
      orders.put(price(await pending(orders, orderId), totalPrice, clock.now())),
  },
  completed: async ({ orderId, totalPrice }, { orders, clock }) =>
    orders.put(approve(await pending(orders, orderId), totalPrice, clock.now())),
  rejected: async ({ orderId }, { step, code, errorMessage: message }, { orders, clock }) =>
    orders.put(reject(await pending(orders, orderId), { step, code, message }, clock.now())),
});

async function pending(orders: Repository<Order>, orderId: string): Promise<PendingOrder> {
  const order = await orders.get(orderId);
  if (order?.status !== 'PENDING')
    throw new Unprocessable(`order ${orderId} is ${order?.status ?? 'not there'}, not PENDING`);
  return order;
}
