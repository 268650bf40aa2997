import type { Ending, SimulatedSystem } from 'saga-kit/testing';
import { mallServices } from '../services';
import { differences, settled } from './settled';

const services = mallServices('choreography');
const [stock, quantity] = [10, 2];
const productPath = '/products/1';

async function prepare(system: SimulatedSystem): Promise<void> {
  const product = { name: 'TV', price: 10_000, stock };
  const { status } = await system.request({ method: 'PUT', path: productPath, body: product });
  if (status !== 200) throw new Error(`PUT ${productPath} was answered ${status}`);
}

async function place(system: SimulatedSystem, pieces: number): Promise<string> {
  const body = { productId: 1, quantity: pieces, customerId: 1, customerName: 'Ada', address: '1 Main Street' };
  const { status, body: order } = await system.request({ method: 'POST', path: '/orders', body });
  if (status !== 201) throw new Error(`the order was answered ${status}`);
  return order.orderId;
}

async function cancel(system: SimulatedSystem, orderId: string): Promise<void> {
  const cancelling = { method: 'PATCH', path: `/orders/${orderId}`, body: { state: 'CANCELLED' } } as const;
  const { status } = await system.request(cancelling);
  if (status !== 200) throw new Error(`the cancellation was answered ${status}`);
}

interface Order {
  readonly orderId: string;
  readonly quantity: number;
  readonly status: string;
  readonly reason: string | null;
  readonly delivery: string | null;
}

/** A call may be made again whose answer was lost, and have placed two orders: each of them has to end, and to add up. */
async function ordersIn(system: SimulatedSystem): Promise<readonly Order[]> {
  const select = 'select order_id as orderId, quantity, status, reason from orders';
  const orders = await system.query<Omit<Order, 'delivery'>>('mall-order', select);
  const sent = 'select order_id as orderId, status from deliveries';
  const deliveries = await system.query<{ orderId: string; status: string }>('mall-delivery', sent);
  const byId = new Map(deliveries.map(({ orderId, status }) => [orderId, status]));
  return orders.map((order) => ({ ...order, delivery: byId.get(order.orderId) ?? null }));
}

async function sums(system: SimulatedSystem, orders: readonly Order[]): Promise<readonly string[]> {
  const sold = orders.reduce((sum, order) => sum + (order.status === 'COMPLETED' ? order.quantity : 0), 0);
  const [product] = await system.query<{ stock: number }>('mall-product', 'select stock from products');
  const [copy] = await system.query<{ stock: number }>('mall-order', 'select stock from catalogue');
  return [
    ...differences(
      'the product',
      { stock: product?.stock, copy: copy?.stock },
      { stock: stock - sold, copy: stock - sold },
    ),
    ...orders.flatMap((order) => differences(`order ${order.orderId}`, { ...order }, leftBy(order.status))),
  ];
}

const leftBy = (status: string) =>
  status === 'COMPLETED' ? { reason: null, delivery: 'STARTED' } : { status: 'CANCELLED', delivery: 'CANCELLED' };

/** `orderId`: of an order that has to be so in the end. */
async function judged(
  system: SimulatedSystem,
  orderId: string,
  status: string,
  reason: string | null = null,
): Promise<readonly string[]> {
  const orders = await ordersIn(system);
  const own = orders.find((order) => order.orderId === orderId);
  return [...differences('the order', { ...own }, { status, reason }), ...(await sums(system, orders))];
}

const ending = (name: string, more: Pick<Ending<void>, 'act' | 'slow'>): Ending<void> => ({
  ...{ name: `mall: ${name}`, services, prepare, ...more },
});

/** Long enough for something to happen in between. */
const slow = { service: 'mall-product', answerMs: 100, forMs: 1_000 };
const inBetweenMs = 50;

export const choreographyEndings: readonly Ending[] = [
  ending('COMPLETED', {
    act: async (system) => {
      const orderId = await place(system, quantity);
      return () => judged(system, orderId, 'COMPLETED');
    },
  }),
  ending('OUT_OF_STOCK at once', {
    act: async (system) => {
      const orderId = await place(system, stock + 1);
      return () => judged(system, orderId, 'CANCELLED', 'OUT_OF_STOCK');
    },
  }),
  ending('OUT_OF_STOCK later, by a stale copy', {
    slow,
    act: async (system) => {
      await place(system, 6);
      await place(system, 6);
      return async () => {
        const orders = await ordersIn(system);
        const completed = orders.filter(({ status }) => status === 'COMPLETED').length;
        const others = orders.filter(({ reason }) => reason === 'OUT_OF_STOCK').length;
        const counted = { completed, others };
        return [
          ...differences('the orders', counted, { completed: 1, others: orders.length - 1 }),
          ...(await sums(system, orders)),
        ];
      };
    },
  }),
  ending('CANCELLED_BY_CUSTOMER before the reservation', {
    slow,
    act: async (system) => {
      const orderId = await place(system, quantity);
      await system.pass(inBetweenMs);
      await cancel(system, orderId);
      return () => judged(system, orderId, 'CANCELLED', 'CANCELLED_BY_CUSTOMER');
    },
  }),
  ending('CANCELLED_BY_CUSTOMER after the reservation', {
    act: async (system) => {
      const orderId = await place(system, quantity);
      await settled(system, `/orders/${orderId}`);
      await cancel(system, orderId);
      return () => judged(system, orderId, 'CANCELLED', 'CANCELLED_BY_CUSTOMER');
    },
  }),
];
