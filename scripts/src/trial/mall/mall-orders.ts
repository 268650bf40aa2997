import { setTimeout } from 'node:timers/promises';
import { asked } from '../asked';
import { wholeBelow } from '../random';

/** An order that is to be placed, and perhaps to be cancelled. */
export interface PlannedOrder {
  readonly body: Readonly<Record<string, string | number>>;
  /** There may be too little of its product. */
  readonly isScarce: boolean;
  readonly cancel?: {
    /** Counted from when the order was answered. */
    readonly afterMs: number;
    /** So many cancel it at the same time. */
    readonly customers: number;
    /** And once more, later. */
    readonly again: boolean;
  };
}

/** An order that was answered 201. */
export interface PlacedOrder {
  readonly orderId: string;
  readonly planned: PlannedOrder;
  /** Somebody was answered that it is: who has placed it, since there was too little, or a customer. */
  readonly isCancelled: boolean;
}

export interface Plan {
  readonly orders: readonly PlannedOrder[];
  /** By product. */
  readonly stock: ReadonlyMap<number, number>;
}

const plentiful = 10;
const plentifulStock = 1_000_000;
const scarceStock = 8;
/** Of one scarce product, one after the other, so that they meet: 15 pieces are wanted of eight. */
const burst = 10;
const firstProductId = 101;
const cancelledShare = 0.35;
const afterMsMax = 400;

/** Half of the orders are for products of which there is enough, half for some of which there is not. */
export function planMall(count: number, random: () => number): Plan {
  const stock = new Map<number, number>();
  const orders = Array.from({ length: count }, (_, index): PlannedOrder => {
    const isScarce = index % 2 === 1;
    const number = isScarce ? plentiful + Math.floor(index / (2 * burst)) : wholeBelow(random, plentiful);
    const productId = firstProductId + number;
    stock.set(productId, isScarce ? scarceStock : plentifulStock);
    const customer = { customerId: 1 + wholeBelow(random, 100), customerName: 'Ada', address: '1 Main Street' };
    const body = { productId, quantity: 1 + wholeBelow(random, 2), ...customer };
    if (random() >= cancelledShare) return { body, isScarce };
    const afterMs = random() < 0.25 ? 0 : wholeBelow(random, afterMsMax);
    const cancel = { afterMs, customers: random() < 0.25 ? 2 : 1, again: random() < 0.25 };
    return { body, isScarce, cancel };
  });
  return { orders, stock };
}

export interface Outcome {
  readonly placed: readonly PlacedOrder[];
  /** Refused at once, since the copy of the products had too little. */
  readonly refused: number;
  readonly faults: readonly string[];
}

const faultsMax = 20;

/** Places orders and cancels them, so many customers at a time. A call that nobody answers is made again. */
export async function placeMall(
  url: () => string,
  orders: readonly PlannedOrder[],
  atOnce: number,
  onAnswer: (count: number) => void,
): Promise<Outcome> {
  const placed: PlacedOrder[] = [];
  const faults: string[] = [];
  let [next, answers, refused] = [0, 0, 0];
  const one = async (planned: PlannedOrder) => {
    const { body } = await asked(url, { method: 'POST', path: '/orders', body: planned.body, wanted: [201] });
    onAnswer(++answers);
    const { orderId, status } = body as { orderId: string; status: string };
    if (status === 'CANCELLED') refused++;
    const isOver = await isCancelled(url, orderId, planned);
    placed.push({ orderId, planned, isCancelled: isOver || status === 'CANCELLED' });
  };
  const customer = async () => {
    while (next < orders.length && faults.length < faultsMax)
      await one(orders[next++]!).catch((error: Error) => faults.push(error.message));
  };
  await Promise.all(Array.from({ length: atOnce }, customer));
  return { placed, refused, faults };
}

async function isCancelled(url: () => string, orderId: string, { cancel }: PlannedOrder): Promise<boolean> {
  if (!cancel) return false;
  const path = `/orders/${orderId}`;
  const call = () => asked(url, { method: 'PATCH', path, body: { state: 'CANCELLED' }, wanted: [200] });
  await setTimeout(cancel.afterMs);
  await Promise.all(Array.from({ length: cancel.customers }, call));
  if (cancel.again) await setTimeout(cancel.afterMs).then(call);
  return true;
}
