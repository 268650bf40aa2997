import { projection, UnitOfWork, type Repository } from 'saga-kit';
import { route, type Route } from 'saga-kit/http';
import { createsTable, integer, key, table, type SqlReader } from 'saga-kit/service';
import { z } from 'zod';
import { deliveryAggregate } from './delivery';

const status = z.enum(['STARTED', 'CANCELLED']);
const item = z.object({ orderId: z.string(), productId: z.string(), quantity: z.int(), status });
type Item = Readonly<z.output<typeof item>>;

export abstract class DeliveryListWork extends UnitOfWork<{ listed: Repository<Item> }> {}
const columns = { orderId: key(36), productId: key(36), quantity: integer, status: key(10) };
export const listed = table<Item>('listed_deliveries', columns);
export const migrations = [createsTable('delivery-001-listed-deliveries', listed)];

export const deliveryList = projection('deliveries', DeliveryListWork, [deliveryAggregate], {
  delivery: {
    DeliveryStarted: async ({ id: orderId, event: { productId, quantity } }, { listed }) =>
      listed.put({ orderId, productId, quantity, status: 'STARTED' }),
    DeliveryCancelled: async ({ id }, { listed }) => {
      const started = await listed.get(id);
      if (started) listed.put({ ...started, status: 'CANCELLED' });
    },
  },
});

const answers = { 200: z.object({ items: z.array(item) }) };
export const deliveryRoutes = (reader: SqlReader): Route[] => [
  route({ method: 'GET', path: '/deliveries', summary: 'The newest deliveries', answers }, async () => {
    const rows = await reader.query(async (knex) => knex(listed.name).orderBy('order_id', 'desc').limit(100));
    return { status: 200, body: { items: rows.map((row) => listed.toItem(listed.columns.map((name) => row[name]))) } };
  }),
];
