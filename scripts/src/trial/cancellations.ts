import { setTimeout } from 'node:timers/promises';
import { asked } from './asked';
import { wholeBelow } from './random';

/** How the customer changes his mind about an order. */
export interface PlannedCancellation {
  /** Counted from when the order was answered: while one of its steps is under way, or behind all of them. */
  readonly afterMs: number;
  /** So many cancel it at the same time. */
  readonly customers: number;
}

/** An order that may be cancelled. */
interface Cancellable {
  readonly cancel?: PlannedCancellation;
}

/** What was answered to one customer: 202, which whoever has cancelled before is answered again; or 409. */
export type Cancelled = 'accepted' | 'too late';

const cancelledCode = 'CANCELLED_BY_CUSTOMER';
const afterMsMax = 400;

/** The same orders, so many percent of which will be cancelled: some at once, some by two customers. */
export const withCancellations = <Order extends Cancellable>(
  orders: readonly Order[],
  percent: number,
  random: () => number,
): Order[] =>
  orders.map((order) => {
    if (random() * 100 >= percent) return order;
    const afterMs = random() < 0.2 ? 0 : wholeBelow(random, afterMsMax);
    return { ...order, cancel: { afterMs, customers: random() < 0.2 ? 2 : 1 } };
  });

/** What each customer who cancels is answered. A call that nobody answers is made again. */
export async function cancelled(url: () => string, orderId: string, { cancel }: Cancellable): Promise<Cancelled[]> {
  if (!cancel) return [];
  await setTimeout(cancel.afterMs);
  return Promise.all(Array.from({ length: cancel.customers }, () => cancelledOnce(url, orderId)));
}

async function cancelledOnce(url: () => string, orderId: string): Promise<Cancelled> {
  const call = { method: 'POST', path: `/orders/${orderId}/cancel`, wanted: [202, 409] };
  const { status } = await asked(url, { ...call, what: `the cancellation of ${orderId}` });
  return status === 202 ? 'accepted' : 'too late';
}

/** How an order has to end after that. */
export const endOf = ({ ends }: { readonly ends: string }, answers: readonly Cancelled[]): string =>
  answers.includes('accepted') ? cancelledCode : ends;
