import type { Books } from './books';
import { endOf } from './cancellations';
import type { Answered } from './orders';

/** What the sample data begins with. */
const balancesAtFirst = 1_000 * 100_000_000;
const timedOut = 'DEADLINE_EXCEEDED';
const stockAtFirst = (productId: number) => (productId === 18 ? 0 : 1_000_000);

/** Everything that does not add up, in words; nothing is good. `mayTimeOut`: orders for which nobody may have answered in time. */
export function audit(
  books: Books,
  answered: readonly Answered[],
  mayTimeOut: ReadonlySet<string> = new Set(),
): string[] {
  const faults: string[] = [];
  const must = (holds: boolean, fault: string) => void (holds || faults.push(fault));
  const twice = books.orders.filter(({ placement }) => placement === null).length; // a key knows but one order
  must(twice === 0, `${twice} orders have no key of their own: they were placed twice`);
  const pending = books.orders.filter(({ status }) => status === 'PENDING').length;
  must(pending === 0, `${pending} orders are PENDING`);
  const late = books.orders.filter(({ code, orderId }) => code === timedOut && !mayTimeOut.has(orderId)).length;
  must(late === 0, `${late} orders ended DEADLINE_EXCEEDED: nobody has answered, and an outage is no reason`);
  must(books.openSagas === 0, `${books.openSagas} sagas are open`);
  must(books.unsent === 0, `${books.unsent} messages are in an outbox`);
  must(books.parked === 0, `${books.parked} messages are parked`);
  must(books.waiting === 0, `the kitchen counts ${books.waiting} waiting tickets`);
  const approved = books.orders.filter(({ status }) => status === 'APPROVED');
  const approvedTotal = approved.reduce((sum, { total }) => sum + (total ?? 0), 0);
  must(
    books.balances + approvedTotal === balancesAtFirst,
    `balances ${books.balances} + approved ${approvedTotal} is not ${balancesAtFirst}`,
  );
  const paid = books.payments.filter(({ status }) => status === 'APPROVED');
  must(same(paid, approved), `${paid.length} payments are approved, of ${approved.length} orders`);
  must(
    paid.reduce((sum, { amount }) => sum + amount, 0) === approvedTotal,
    'what was paid is not what the approved orders cost',
  );
  const cooked = books.tickets.filter(({ status }) => status === 'APPROVED');
  must(same(cooked, approved), `${cooked.length} tickets are approved, of ${approved.length} orders`);
  must(!books.tickets.some(({ status }) => status === 'PENDING'), 'a ticket is still PENDING');
  const taken = new Map<number, number>();
  for (const { items } of cooked)
    for (const { productId, quantity } of JSON.parse(items) as { productId: number; quantity: number }[])
      taken.set(productId, (taken.get(productId) ?? 0) + quantity);
  for (const [productId, stock] of books.stock)
    must(
      stock + (taken.get(productId) ?? 0) === stockAtFirst(productId),
      `product ${productId}: ${stock} left and ${taken.get(productId) ?? 0} approved`,
    );
  const byId = new Map(books.orders.map((order) => [order.orderId, order]));
  for (const { orderId, planned, cancelled } of answered) {
    const order = byId.get(orderId);
    const end = order?.status === 'REJECTED' ? order.code : order?.status;
    if (end === timedOut && mayTimeOut.has(orderId) && !cancelled.includes('accepted')) continue;
    const ends = endOf(planned, cancelled);
    const what = cancelled.length === 0 ? '201' : `201 and its cancellation ${cancelled.join(', ')}`;
    must(
      end === ends,
      `order ${orderId} (${planned.key}) was answered ${what}, and had to end ${ends}, but is ${end ?? 'not there'}`,
    );
  }
  return faults;
}

type Row = { readonly orderId: string };
const same = (some: readonly Row[], others: readonly Row[]): boolean =>
  some.length === others.length && new Set([...some, ...others].map(({ orderId }) => orderId)).size === some.length;

/** How many orders ended in each way. */
export function endsOf({ orders }: Books): Readonly<Record<string, number>> {
  const ends: Record<string, number> = {};
  for (const { status, code } of orders) ends[code ?? status] = (ends[code ?? status] ?? 0) + 1;
  return ends;
}
