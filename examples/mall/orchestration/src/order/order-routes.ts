import { id, inDigits, problem, route, type Route, uuidText } from 'saga-kit/http';
import type { EventHistory, SqlReader } from 'saga-kit/service';
import { z } from 'zod';
import { OrderPlaced } from '../contracts';
import { orderAggregate, place } from './order';
import { listed } from './order-list';
import type { OrderWork } from './order-saga';

const wanted = { productId: uuidText, quantity: z.int().min(1).max(1_000_000), userId: id };
const body = z.strictObject(wanted);
const status = z.enum(['PENDING', 'COMPLETED', 'CANCELLED']);
const order = z.object({ orderId: uuidText, ...wanted, status, reason: z.string().nullable() });
const event = z.looseObject({ version: z.int(), type: z.string(), causedBy: z.string(), at: z.iso.datetime() });
const listOf = <Item extends z.ZodType>(item: Item) => ({ 200: z.object({ items: z.array(item) }) });
const one = { path: '/orders/:orderId', params: z.object({ orderId: uuidText }), answers: { 200: order } } as const;
const query = z.object({ after: inDigits(z.int().default(0)) });
const ofOne = { ...one, path: '/orders/:orderId/events', query, answers: listOf(event) } as const;
const params = z.object({ userId: inDigits(id) });
const ofCustomer = { path: '/customers/:userId/orders', params, answers: listOf(order) } as const;
const itemsMax = 100;

export const orderRoutes = (work: OrderWork, history: EventHistory, reader: SqlReader): Route[] => [
  route(
    { method: 'POST', path: '/orders', summary: 'Places an order', body, answers: { 201: order } },
    async ({ body }) => {
      const orderId = await work.run(async ({ orders, outbox, ids }) => {
        const orderId = ids.next();
        await orders.get(orderId);
        orders.append(orderId, place(body));
        outbox.add({ target: 'MALL', txId: orderId }, OrderPlaced.of({ orderId, ...body }));
        return orderId;
      });
      const placed = { orderId, ...body, status: 'PENDING' as const, reason: null };
      return { status: 201, headers: { Location: `/orders/${orderId}` }, body: placed };
    },
  ),
  route({ ...one, method: 'GET', summary: 'An order' }, async ({ params: { orderId } }) => {
    const found = await work.read(({ orders }) => orders.get(orderId));
    return found.status === 'NONE'
      ? problem(404, 'nobody has placed it')
      : { status: 200, body: { orderId, ...found } };
  }),
  route({ ...ofOne, method: 'GET', summary: 'What has happened to it' }, async ({ params: { orderId }, query }) => {
    const events = await history.of(orderAggregate, orderId, query);
    const items = events.map(({ version, event, causationId: causedBy, at }) => {
      return { version, ...event, causedBy, at: at.toISOString() };
    });
    return { status: 200, body: { items } };
  }),
  route({ ...ofCustomer, method: 'GET', summary: 'The newest orders of a customer' }, async ({ params }) => {
    const rows = await reader.query(async (knex) =>
      knex(listed.name).where({ user_id: params.userId }).orderBy('order_id', 'desc').limit(itemsMax),
    );
    return { status: 200, body: { items: rows.map((row) => listed.toItem(listed.columns.map((name) => row[name]))) } };
  }),
];
