import { problem, route, type Route } from 'saga-kit/http';
import type { HistoryRow, SagaStore } from 'saga-kit/service';
import { z } from 'zod';
import { orderCreation } from '../application/order-creation.saga';
import type { CancelOrder } from '../application/cancel-order';
import type { OrderList } from '../application/order-list';
import type { OrderWork } from '../application/order-work';
import type { PlaceOrder } from '../application/place-order';
import type { Order } from '../domain/order';
import {
  idempotencyHeaders,
  listQuery,
  newOrderSchema,
  orderEventSchema,
  orderListSchema,
  orderPath,
  orderSchema,
} from './order-schemas';

export const orderRoutes = (
  placeOrder: PlaceOrder,
  cancelOrder: CancelOrder,
  work: OrderWork,
  list: OrderList,
  sagaStore: SagaStore,
): Route[] => [placing(placeOrder), cancelling(cancelOrder), showing(work), listing(list), telling(sagaStore)];

const placing = (placeOrder: PlaceOrder): Route =>
  route(
    {
      method: 'POST',
      path: '/orders',
      summary: 'Places an order; with an Idempotency-Key, once',
      headers: idempotencyHeaders,
      body: newOrderSchema,
      answers: { 201: orderSchema },
    },
    async ({ body, headers }) => {
      const order = await placeOrder.execute(body, headers['idempotency-key']);
      if (order === 'OTHER_ORDER_UNDER_KEY')
        return problem(422, 'this Idempotency-Key was used for another order: send a new one', {
          errors: [{ path: 'idempotency-key', message: 'was used with another body' }],
        });
      return { status: 201, headers: { Location: `/orders/${order.orderId}` }, body: bodyOf(order) };
    },
  );

const cancelling = (cancelOrder: CancelOrder): Route =>
  route(
    {
      method: 'POST',
      path: '/orders/:orderId/cancel',
      summary: 'Cancels an order that nobody has approved yet: what was done for it is undone, and it is REJECTED',
      params: orderPath,
      answers: { 202: orderSchema },
      problems: [404, 409],
    },
    async ({ params: { orderId } }) => {
      const cancelled = await cancelOrder.execute(orderId);
      if (!cancelled) return noSuchOrder(orderId);
      const { accepted, order } = cancelled;
      if (accepted) return { status: 202, body: bodyOf(order) };
      const decided = order.status === 'PENDING' ? ', and what becomes of it is decided' : '';
      return problem(409, `order ${orderId} cannot be cancelled any more: it is ${order.status}${decided}`);
    },
  );

const showing = (work: OrderWork): Route =>
  route(
    {
      method: 'GET',
      path: '/orders/:orderId',
      summary: 'An order as it is now',
      params: orderPath,
      answers: { 200: orderSchema },
    },
    async ({ params: { orderId } }) => {
      const order = await work.read(({ orders }) => orders.get(orderId));
      return order ? { status: 200, body: bodyOf(order) } : noSuchOrder(orderId);
    },
  );

const listing = (list: OrderList): Route =>
  route(
    {
      method: 'GET',
      path: '/orders',
      summary: 'Orders, newest first',
      query: listQuery,
      answers: { 200: orderListSchema },
    },
    async ({ query }) => {
      const orders = await list.newest({ ...query, limit: query.limit + 1 });
      const items = orders.slice(0, query.limit);
      const next = orders.length > items.length ? (items.at(-1)?.orderId ?? null) : null;
      return { status: 200, body: { items: items.map(bodyOf), next } };
    },
  );

const telling = (sagaStore: SagaStore): Route =>
  route(
    {
      method: 'GET',
      path: '/orders/:orderId/events',
      summary: 'Every message that was sent and received for an order, oldest first',
      params: orderPath,
      answers: { 200: z.object({ items: z.array(orderEventSchema) }) },
    },
    async ({ params: { orderId } }) => {
      const events = await sagaStore.history(orderCreation.name, orderId);
      return events.length > 0 ? { status: 200, body: { items: events.map(eventOf) } } : noSuchOrder(orderId);
    },
  );

const noSuchOrder = (orderId: string) => problem(404, `there is no order ${orderId}`);

const bodyOf = ({ createdAt, updatedAt, ...order }: Order) => ({
  ...order,
  items: [...order.items],
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});

const eventOf = (row: HistoryRow) => ({
  at: row.at.toISOString(),
  direction: row.direction,
  topic: row.topic,
  type: row.type,
  messageId: row.messageId,
  causationId: row.causationId,
  code: row.code,
  message: row.errorMessage,
  awaited: row.awaited,
  times: row.times,
});
