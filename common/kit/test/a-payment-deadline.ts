import { dispatcher, event, UnitOfWork, type Repository } from 'saga-kit';
import {
  ContainerModule,
  createsTable,
  key,
  MessageHandler,
  service,
  type ServiceLiteral,
  table,
  UnitsOfWork,
} from 'saga-kit/service';

const common = {
  type: 'record',
  namespace: 'sales',
  topic: 'orders',
  fields: [{ name: 'orderId', type: 'string' }],
} as const;
export const OrderPlaced = event({ ...common, name: 'OrderPlaced' });
export const OrderPaid = event({ ...common, name: 'OrderPaid' });
export const PaymentOverdue = event({ ...common, name: 'PaymentOverdue' });
export const OrderCancelled = event({ ...common, name: 'OrderCancelled' });

export type Order = Readonly<{ orderId: string; status: 'PENDING' | 'PAID' | 'CANCELLED'; overdueId: string }>;
const orderTable = table<Order>('orders', { orderId: key(36), status: key(10), overdueId: key(200) });
const emits = [PaymentOverdue, OrderCancelled] as const;
abstract class SalesWork extends UnitOfWork<{ orders: Repository<Order> }, (typeof emits)[number]> {}

const minuteMs = 60_000;

/** An order that is not paid for in 30 minutes is cancelled. */
const sales = dispatcher([OrderPlaced, OrderPaid, PaymentOverdue], SalesWork, {
  OrderPlaced: async (placed, { orders, outbox, clock }) => {
    const { orderId } = placed.message;
    const at = new Date(clock.now().getTime() + 30 * minuteMs);
    const overdueId = outbox.add(placed, PaymentOverdue.of({ orderId }), { at });
    orders.put({ orderId, status: 'PENDING', overdueId });
    return [];
  },
  OrderPaid: async ({ message: { orderId } }, { orders, outbox }) => {
    const order = await orders.get(orderId);
    if (order?.status !== 'PENDING') return [];
    await outbox.cancel(order.overdueId);
    orders.put({ ...order, status: 'PAID' });
    return [];
  },
  PaymentOverdue: async ({ message: { orderId } }, { orders }) => {
    const order = await orders.get(orderId);
    if (order?.status !== 'PENDING') return [];
    orders.put({ ...order, status: 'CANCELLED' });
    return [OrderCancelled.of({ orderId })];
  },
});

export const aSales: ServiceLiteral = service({
  name: 'sales',
  migrations: [createsTable('sales-001-orders', orderTable)],
  bindings: new ContainerModule(({ bind }) => {
    bind(SalesWork).toResolvedValue(
      (unitsOfWork) => unitsOfWork.of(SalesWork, { orders: orderTable }, emits),
      [UnitsOfWork],
    );
    bind(MessageHandler).toConstantValue(sales);
  }),
});
