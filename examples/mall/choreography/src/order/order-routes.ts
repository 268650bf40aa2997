import { id, inDigits, plainText, problem, route, type Route, uuidText } from 'saga-kit/http';
import { z } from 'zod';
import { cancelOrder, placeOrder } from './order-calls';
import type { OrderWork } from './order-work';

const text = plainText(200);
const newOrder = z.strictObject({
  ...{ productId: id, quantity: z.int().min(1).max(1_000_000) },
  ...{ customerId: id, customerName: text, address: text },
});
const params = z.object({ orderId: uuidText });
const status = z.enum(['PENDING', 'COMPLETED', 'CANCELLED']);
const order = z.object({ orderId: uuidText, productId: id, quantity: z.int(), status, reason: z.string().nullable() });
const product = z.object({ productId: id, name: z.string(), price: z.int(), stock: z.int() });
const unknown = problem(404, 'there is no such order');

export const orderRoutes = (work: OrderWork): Route[] => [
  route(
    { method: 'POST', path: '/orders', summary: 'Places an order', body: newOrder, answers: { 201: order } },
    async ({ body }) => {
      const placed = await placeOrder(work, body);
      if (placed === 'NO SUCH PRODUCT') return problem(422, `there is no product ${body.productId} in the catalogue`);
      return { status: 201, headers: { Location: `/orders/${placed.orderId}` }, body: order.parse(placed) };
    },
  ),
  route(
    { method: 'GET', path: '/orders/:orderId', summary: 'An order', params, answers: { 200: order } },
    async ({ params: { orderId } }) => {
      const found = await work.read(({ orders }) => orders.get(orderId));
      return found ? { status: 200, body: order.parse(found) } : unknown;
    },
  ),
  route(
    {
      ...{ method: 'PATCH', path: '/orders/:orderId', summary: 'Cancels an order', params, problems: [404] },
      body: z.strictObject({ state: z.literal('CANCELLED') }),
      answers: { 200: order },
    },
    async ({ params: { orderId } }) => {
      const found = await cancelOrder(work, orderId);
      return found ? { status: 200, body: order.parse(found) } : unknown;
    },
  ),
  route(
    {
      ...{ method: 'GET', path: '/catalogue/:productId', summary: 'A product, as the order service knows it' },
      params: z.object({ productId: inDigits(id) }),
      answers: { 200: product },
    },
    async ({ params: { productId } }) => {
      const found = await work.read(({ catalogue }) => catalogue.get(productId));
      return found
        ? { status: 200, body: product.parse(found) }
        : problem(404, `product ${productId} is not known yet`);
    },
  ),
];
