import { id, inDigits, plainText, problem, route, type Route, uuidText } from 'saga-kit/http';
import { boolean, createsTable, integer, key, nullable, table, text } from 'saga-kit/service';
import { z } from 'zod';
import type { Order } from './order';
import { cancelOrder, placeOrder } from './order-calls';
import type { CataloguedProduct, OrderWork } from './order-dispatcher';

const whose = { orderId: key(36), productId: integer, quantity: integer, status: key(10), reason: nullable(key(30)) };
export const orders = table<Order>('orders', { ...whose, stockTaken: boolean, deliveryStarted: boolean });
const columns = { productId: integer, name: text, price: integer, stock: integer, version: integer };
export const catalogue = table<CataloguedProduct, number>('catalogue', columns);
export const migrations = [createsTable('order-001-orders', orders), createsTable('order-002-catalogue', catalogue)];

const customer = { customerId: id, customerName: plainText(200), address: plainText(200) };
const newOrder = z.strictObject({ productId: id, quantity: z.int().min(1).max(1_000_000), ...customer });
const cancelled = z.strictObject({ state: z.literal('CANCELLED') });
const status = z.enum(['PENDING', 'COMPLETED', 'CANCELLED']);
const order = z.object({ orderId: uuidText, productId: id, quantity: z.int(), status, reason: z.string().nullable() });
const product = z.object({ productId: id, name: z.string(), price: z.int(), stock: z.int() });
const ofOrder = { path: '/orders/:orderId', params: z.object({ orderId: uuidText }), answers: { 200: order } } as const;
const ofProduct = { params: z.object({ productId: inDigits(id) }), answers: { 200: product } };

/** An item as it is shown, if there is one. */
const shown = <S extends z.ZodType>(as: S, item: unknown) =>
  item ? { status: 200 as const, body: as.parse(item) } : problem(404, 'it is not there');

export const orderRoutes = (work: OrderWork): Route[] => [
  route(
    { method: 'POST', path: '/orders', summary: 'Places an order', body: newOrder, answers: { 201: order } },
    async ({ body }) => {
      const placed = await placeOrder(work, body);
      return { status: 201, headers: { Location: `/orders/${placed.orderId}` }, body: order.parse(placed) };
    },
  ),
  route({ ...ofOrder, method: 'GET', summary: 'An order' }, async ({ params: { orderId } }) =>
    shown(order, await work.read(({ orders }) => orders.get(orderId))),
  ),
  route(
    { ...ofOrder, method: 'PATCH', summary: 'Cancels it', body: cancelled, problems: [404] },
    async ({ params: { orderId } }) => shown(order, await cancelOrder(work, orderId)),
  ),
  route(
    { ...ofProduct, method: 'GET', path: '/catalogue/:productId', summary: 'Our copy of a product' },
    async ({ params: { productId } }) => shown(product, await work.read((own) => own.catalogue.get(productId))),
  ),
];
