import type { Ending, SimulatedSystem } from 'saga-kit/testing';
import { services } from '../services';
import { differences, settled } from './settled';

/** A price in cents, and a product that can be had, sold out, withdrawn, and too dear. */
const price = 1_000;
const [stock, balance, quantity] = [100, 100_000, 2];
const products = {
  ordinary: { productId: 1, stock, price, available: true },
  soldOut: { productId: 18, stock: 0, price, available: true },
  withdrawn: { productId: 19, stock, price, available: false },
  tooDear: { productId: 20, stock, price: balance, available: true },
};
const users = { normal: 1, abnormal: 10 };

async function prepare(system: SimulatedSystem): Promise<void> {
  const put = async (path: string, body: unknown) => {
    const { status } = await system.request({ method: 'PUT', path, body });
    if (status >= 300) throw new Error(`PUT ${path} was answered ${status}`);
  };
  await put('/kitchen', { open: true, capacity: 10 });
  for (const { productId, ...product } of Object.values(products))
    await put(`/products/${productId}`, { name: `Product ${productId}`, ...product });
  for (const [status, userId] of Object.entries(users)) {
    await put(`/users/${userId}`, { name: `User ${userId}`, status: status.toUpperCase() });
    await put(`/accounts/${userId}`, { balance });
  }
}

/** What an order leaves behind. */
interface Left {
  readonly status: string;
  readonly code: string | null;
  readonly ticket: string | null | readonly (string | null)[];
  readonly payment: string | null | readonly (string | null)[];
}
const approved: Left = { status: 'APPROVED', code: null, ticket: 'APPROVED', payment: 'APPROVED' };
const refused = (code: string, ticket: Left['ticket'] = null, payment: Left['payment'] = null): Left => ({
  ...{ status: 'REJECTED', code, ticket, payment },
});
/** Of what was under way, nothing is there or it is undone. */
const cancelled = refused('CANCELLED_BY_CUSTOMER', [null, 'REJECTED'], [null, 'REFUNDED']);

interface Customers {
  readonly userId?: number;
  readonly product?: { readonly productId: number };
  /** When they cancel it. */
  readonly cancel?: { readonly afterMs: number | 'when it has ended'; readonly customers?: number };
  readonly slow?: Ending['slow'];
}

const ending = (name: string, left: Left, customers: Customers = {}): Ending<void> => ({
  name: `order: ${name}`,
  services,
  ...(customers.slow && { slow: customers.slow }),
  prepare,
  act: async (system) => {
    const { userId = users.normal, product = products.ordinary, cancel } = customers;
    const body = { userId, items: [{ productId: product.productId, quantity }] };
    const placing = { method: 'POST', path: '/orders', headers: { 'idempotency-key': 'the-only-one' }, body } as const;
    const { status, body: order } = await system.request(placing);
    if (status !== 201) throw new Error(`the order was answered ${status}`);
    const answers = cancel ? await cancelledBy(system, order.orderId, cancel) : [];
    return () => judged(system, order.orderId, answers, left);
  },
});

async function cancelledBy(
  system: SimulatedSystem,
  orderId: string,
  { afterMs, customers = 1 }: NonNullable<Customers['cancel']>,
): Promise<readonly number[]> {
  if (afterMs === 'when it has ended') await settled(system, `/orders/${orderId}`);
  else await system.pass(afterMs);
  const once = async () => (await system.request({ method: 'POST', path: `/orders/${orderId}/cancel` })).status;
  return Promise.all(Array.from({ length: customers }, once));
}

/** `answers`: to whoever has cancelled it. Who was told 202 has it cancelled, and who was told 409 has it as if he had not. */
async function judged(
  system: SimulatedSystem,
  orderId: string,
  answers: readonly number[],
  left: Left,
): Promise<readonly string[]> {
  const isCancelled = answers.includes(202);
  const expected = answers.length === 0 ? left : isCancelled ? cancelled : approved;
  const orders = await system.query<{ id: string; status: string; code: string | null }>(
    'order',
    'select order_id as id, status, refused_code as code from orders',
  );
  const one = async (service: string, sql: string) => (await system.query<{ value: any }>(service, sql))[0]?.value;
  const sold = expected.status === 'APPROVED' ? quantity : 0;
  return [
    ...(new Set(answers).size < 2 ? [] : [`those who cancelled together were answered ${answers.join(' and ')}`]),
    ...differences(
      'the order',
      {
        ...orders.find(({ id }) => id === orderId),
        orders: orders.length,
        ticket: await one('kitchen', `select status as value from tickets where order_id = '${orderId}'`),
        payment: await one('payment', `select status as value from payments where order_id = '${orderId}'`),
        waiting: await one('kitchen', 'select waiting as value from kitchens'),
        stock: await one('kitchen', 'select stock as value from products where product_id = 1'),
        balances: await one('payment', 'select sum(balance) as value from accounts'),
      },
      { ...expected, orders: 1, waiting: 0, stock: stock - sold, balances: 2 * balance - sold * price },
    ),
  ];
}

/** Long enough for a customer to change his mind in between. */
const slow = (service: string) => ({ service, answerMs: 100, forMs: 1_000 });
const inBetweenMs = 50;
/** The kitchen does not get on until every deadline is over. */
const silent = { service: 'kitchen', answerMs: 120_000, forMs: 80_000 };

export const orderEndings: readonly Ending[] = [
  ending('APPROVED', approved),
  ending('USER_ABNORMAL', refused('USER_ABNORMAL'), { userId: users.abnormal }),
  ending('SOLD_OUT', refused('SOLD_OUT'), { product: products.soldOut }),
  ending('REJECT_DURING_PAYMENT', refused('REJECT_DURING_PAYMENT', 'REJECTED'), { product: products.tooDear }),
  ending('WITHDRAWN', refused('WITHDRAWN', 'REJECTED', 'REFUNDED'), { product: products.withdrawn }),
  ending('DEADLINE_EXCEEDED', refused('DEADLINE_EXCEEDED', [null, 'REJECTED']), { slow: silent }),
  ending('cancelled at once', cancelled, { cancel: { afterMs: 0 }, slow: slow('user') }),
  ending('cancelled while CreateTicket is asked', cancelled, {
    ...{ cancel: { afterMs: inBetweenMs }, slow: slow('kitchen') },
  }),
  ending('cancelled while Pay is asked', cancelled, { cancel: { afterMs: inBetweenMs }, slow: slow('payment') }),
  ending('cancelled too late', approved, { cancel: { afterMs: 'when it has ended' } }),
  ending('cancelled by two at once', cancelled, {
    ...{ cancel: { afterMs: inBetweenMs, customers: 2 }, slow: slow('payment') },
  }),
];
