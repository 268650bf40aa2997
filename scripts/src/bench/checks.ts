import { setTimeout } from 'node:timers/promises';
import { services } from '../services';
import { audit } from '../trial/audit';
import { booksOf, type Query } from '../trial/books';

const settledMsMax = 10_000;
const lookEveryMs = 50;

/**
 * Everything that does not add up, in words, when these are all the orders that were placed in an order system, and each was
 * seen to end.
 */
export async function faultsOfOrderSystem(query: Query, orderIds: readonly string[]): Promise<string[]> {
  await outboxesEmpty(query);
  const books = await booksOf(query);
  const orders = books.orders.map((order) => ({ ...order, placement: order.orderId })); // placed without a key
  const planned = { key: 'of the bench', body: { userId: 1, items: [] }, ends: 'APPROVED' };
  const answered = orderIds.map((orderId) => ({ orderId, planned, cancelled: [] }));
  const counted =
    orders.length === orderIds.length ? [] : [`${orders.length} orders are there, of ${orderIds.length} placed`];
  return [...counted, ...audit({ ...books, orders }, answered)];
}

/** A system that is up empties them a moment after the last message; what is still there then is for the audit. */
async function outboxesEmpty(query: Query): Promise<void> {
  const isEmpty = async ({ name }: { readonly name: string }) =>
    (await query(name, 'select last_seq from kit_outbox limit 1')).length === 0;
  for (const until = performance.now() + settledMsMax; performance.now() < until; await setTimeout(lookEveryMs))
    if ((await Promise.all(services.map(isEmpty))).every(Boolean)) return;
}

/** Likewise of a system that is written by hand: each order is approved, and has its ticket and its payment, once. */
export async function faultsByHand(query: Query, name: string, orders: number): Promise<string[]> {
  const faults: string[] = [];
  for (const table of ['orders', 'tickets', 'payments']) {
    const [row] = await query<{ count: number }>(
      name,
      `select count(*) as count from ${table} where status = 'APPROVED'`,
    );
    if (Number(row?.count) !== orders) faults.push(`${row?.count} ${table} are APPROVED, of ${orders}`);
  }
  return faults;
}
