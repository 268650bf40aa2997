import { auditMall } from './mall-audit';
import type { MallBooks } from './mall-books';
import { planMall, type PlacedOrder, type PlannedOrder } from './mall-orders';
import { randomFrom } from '../random';

const body = { productId: 1, quantity: 2 };
const sure: PlannedOrder = { body, isScarce: false };
const scarce: PlannedOrder = { body, isScarce: true };
const of = (orderId: string, status: string, reason: string | null = null) => ({
  ...{ orderId, productId: 1, quantity: 2, status, reason },
});

/** One was completed, one was cancelled by its customer, and there was too little for one. */
const books: MallBooks = {
  orders: [of('a', 'COMPLETED'), of('b', 'CANCELLED', 'CUSTOMER'), of('c', 'CANCELLED', 'OUT_OF_STOCK')],
  deliveries: [
    { orderId: 'a', status: 'STARTED' },
    { orderId: 'b', status: 'CANCELLED' },
    { orderId: 'c', status: 'CANCELLED' },
  ],
  stock: new Map([[1, 8]]),
  copies: new Map([[1, 8]]),
  unsent: 0,
  parked: 0,
  delayed: 0,
};
const placed: readonly PlacedOrder[] = [
  { orderId: 'a', planned: sure, isCancelled: false },
  { orderId: 'b', planned: sure, isCancelled: true },
  { orderId: 'c', planned: scarce, isCancelled: false },
];
const faultsOf = (wrong: Partial<MallBooks>, answered = placed) =>
  auditMall({ ...books, ...wrong }, new Map([[1, 10]]), answered);
const without = (orderId: string) => books.orders.filter((order) => order.orderId !== orderId);
const deliveriesBut = (...others: MallBooks['deliveries']) => [
  ...books.deliveries.filter(({ orderId }) => others.every((other) => other.orderId !== orderId)),
  ...others,
];

test('books that add up have no fault', () => {
  expect(faultsOf({})).toEqual([]);
});

test.each<[string, Partial<MallBooks>]>([
  ['an order is PENDING', { orders: [...without('c'), of('c', 'PENDING')] }],
  ['an order that was answered is lost', { orders: without('b'), deliveries: deliveriesBut() }],
  ['stock was taken twice', { stock: new Map([[1, 6]]), copies: new Map([[1, 6]]) }],
  ['stock was put back that was not taken', { stock: new Map([[1, 10]]), copies: new Map([[1, 10]]) }],
  ['the copy is not what the product has', { copies: new Map([[1, 9]]) }],
  ['the copy is not there', { copies: new Map() }],
  ['a product is gone', { stock: new Map(), copies: new Map() }],
  ['an order has no delivery', { deliveries: books.deliveries.slice(1) }],
  ['an order has two', { deliveries: [...books.deliveries, books.deliveries[0]!] }],
  ['a cancelled order is delivered', { deliveries: deliveriesBut({ orderId: 'b', status: 'STARTED' }) }],
  ['a completed order is not delivered', { deliveries: deliveriesBut({ orderId: 'a', status: 'CANCELLED' }) }],
  ['nobody has ordered a delivery', { deliveries: [...books.deliveries, { orderId: 'd', status: 'CANCELLED' }] }],
  ['what was cancelled is completed', { orders: [...without('b'), of('b', 'COMPLETED')] }],
  ['a message was not sent', { unsent: 1 }],
  ['a message is parked', { parked: 1 }],
  ['an event waits', { delayed: 1 }],
])('it is found that %s', (_what, wrong) => {
  expect(faultsOf(wrong)).not.toEqual([]);
});

test('what was not cancelled ends cancelled only where there was too little', () => {
  const answered = (planned: PlannedOrder) => [{ orderId: 'c', planned, isCancelled: false }];
  expect(faultsOf({}, answered(scarce))).toEqual([]);
  expect(faultsOf({}, answered(sure))).toEqual([
    'order c was not cancelled, and had to end COMPLETED, but is CANCELLED',
  ]);
});

test('orders are the same for the same seed, and of all kinds', () => {
  const plan = planMall(1_000, randomFrom(1));
  expect(planMall(1_000, randomFrom(1))).toEqual(plan);
  const cancelled = plan.orders.filter(({ cancel }) => cancel);
  expect(cancelled.length).toBeGreaterThan(250);
  for (const kind of [
    cancelled.some(({ cancel }) => cancel?.customers === 2),
    cancelled.some(({ cancel }) => cancel?.again),
    cancelled.some(({ cancel }) => cancel?.afterMs === 0),
    cancelled.some(({ isScarce }) => isScarce),
    plan.orders.some(({ isScarce, cancel }) => isScarce && !cancel),
  ])
    expect(kind).toBe(true);
});
