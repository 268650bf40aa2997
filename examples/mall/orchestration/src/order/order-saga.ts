import { orchestrator, saga, UnitOfWork, type EventSourced } from 'saga-kit';
import { CancelDelivery, DecreaseStock, OrderPlaced, Placement, StartDelivery } from '../contracts';
import { end, type Order, type OrderEvent } from './order';

export abstract class OrderWork extends UnitOfWork<{ orders: EventSourced<Order, OrderEvent> }, typeof OrderPlaced> {}

export const orderPlacement = saga({
  name: 'ORDER_PLACEMENT',
  state: Placement,
  on: { event: OrderPlaced, state: (placed) => placed },
  compensatable: [{ do: StartDelivery, undo: CancelDelivery }],
  pivot: { do: DecreaseStock },
});

export const orderOrchestrator = orchestrator(orderPlacement, OrderWork, {
  completed: async ({ orderId }, { orders }) =>
    orders.append(orderId, end(await orders.get(orderId), { type: 'OrderCompleted' })),
  rejected: async ({ orderId }, { code: reason }, { orders }) =>
    orders.append(orderId, end(await orders.get(orderId), { type: 'OrderCancelled', reason })),
});
