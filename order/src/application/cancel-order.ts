import type { Order } from '../domain/order';
import { orderCreation } from './order-creation.saga';
import type { OrderWork } from './order-work';

/** What a cancellation has come to, and the order as it is now; it is undone, and then REJECTED. */
export type CancelledOrder = Readonly<{ accepted: boolean; order: Order }>;

/** Cancels an order that has not come to its pivot. A customer who has cancelled before is told the same again. */
export class CancelOrder {
  constructor(private readonly work: OrderWork) {}

  execute(orderId: string): Promise<CancelledOrder | undefined> {
    return this.work.run(async ({ orders, sagas }) => {
      const answer = await sagas.cancel(orderCreation, orderId, 'CANCELLED_BY_CUSTOMER', 'the customer has cancelled');
      const order = await orders.get(orderId); // after it: where there was nothing to undo, it is REJECTED already
      return order && { accepted: answer === 'CANCELLED', order };
    });
  }
}
