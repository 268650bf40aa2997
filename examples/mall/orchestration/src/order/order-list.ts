import { projection, UnitOfWork, type Repository } from 'saga-kit';
import { createsTable, integer, key, nullable, table } from 'saga-kit/service';
import { orderAggregate, type PlacedOrder } from './order';

/** An order as its customer sees it among others. */
export type ListedOrder = PlacedOrder & Readonly<{ orderId: string }>;
export abstract class OrderListWork extends UnitOfWork<{ listed: Repository<ListedOrder> }> {}

const wanted = { productId: key(36), quantity: integer, userId: integer };
const columns = { orderId: key(36), ...wanted, status: key(10), reason: nullable(key(60)) };
export const listed = table<ListedOrder>('listed_orders', columns);
export const migrations = [
  createsTable('order-001-listed-orders', listed, (t) => void t.index(['user_id', 'order_id'])),
];

export const ordersOfCustomers = projection('orders-of-customers', OrderListWork, [orderAggregate], {
  order: {
    OrderPlaced: async ({ id: orderId, event: { wanted } }, { listed }) =>
      listed.put({ orderId, ...wanted, status: 'PENDING', reason: null }),
    OrderCompleted: async ({ id }, { listed }) => {
      const placed = await listed.get(id);
      if (placed) listed.put({ ...placed, status: 'COMPLETED', reason: null });
    },
    OrderCancelled: async ({ id, event: { reason } }, { listed }) => {
      const placed = await listed.get(id);
      if (placed) listed.put({ ...placed, status: 'CANCELLED', reason });
    },
  },
});
