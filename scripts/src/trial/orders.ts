import { setTimeout } from 'node:timers/promises';
import { asked } from './asked';
import { cancelled, type Cancelled, type PlannedCancellation } from './cancellations';
import { wholeBelow } from './random';

/** An order that is to be placed, and how it has to end with the sample data. */
export interface PlannedOrder {
  readonly key: string;
  readonly body: { readonly userId: number; readonly items: readonly { productId: number; quantity: number }[] };
  /** Unless it is cancelled. */
  readonly ends: string;
  readonly cancel?: PlannedCancellation;
}

/** Orders of all five endings, mixed. */
export function plan(count: number, random: () => number, prefix: string): PlannedOrder[] {
  return Array.from({ length: count }, (_, index) => {
    const userId = 1 + wholeBelow(random, 1_000);
    const special = [18, 19, 20][wholeBelow(random, 3)]!;
    const first = random() < 0.3 ? special : 1 + wholeBelow(random, 17);
    const second = 1 + ((first + 2) % 17);
    const items = [{ productId: first, quantity: 1 + wholeBelow(random, 3) }];
    if (random() < 0.4 && second !== first) items.push({ productId: second, quantity: 1 });
    return { key: `${prefix}-${index}`, body: { userId, items }, ends: endOf(userId, first) };
  });
}

function endOf(userId: number, productId: number): string {
  if (userId % 10 === 0) return 'USER_ABNORMAL';
  if (productId === 18) return 'SOLD_OUT';
  if (productId === 20) return 'REJECT_DURING_PAYMENT';
  return productId === 19 ? 'WITHDRAWN' : 'APPROVED';
}

export interface Answered {
  readonly planned: PlannedOrder;
  readonly orderId: string;
  /** What those were told who cancelled it. */
  readonly cancelled: readonly Cancelled[];
}

export interface Placed {
  readonly answered: readonly Answered[];
  /** Why others were not. */
  readonly faults: readonly string[];
}

export interface Pace {
  readonly perSecond: number;
  readonly together?: number;
}

const faultsMax = 20;

/**
 * Places orders, so many at a time. A call that fails because nobody answers is made again under the same idempotency key,
 * as a client would. One that is to be cancelled is, once it was answered. `pace`: at most so many new ones a second, and so many of them at the same moment. Resolves with what was
 * answered 201; places no more when too many were not.
 */
export async function placeAll(
  url: () => string,
  orders: readonly PlannedOrder[],
  atOnce: number,
  onAnswer: (count: number) => void,
  { perSecond, together = 1 }: Pace = { perSecond: Infinity },
): Promise<Placed> {
  const answered: Answered[] = [];
  const faults: string[] = [];
  let [next, count] = [0, 0];
  const beganAt = performance.now();
  const one = async (planned: PlannedOrder, index: number) => {
    const first = index - (index % together);
    const beginsMs = (first / perSecond) * 1_000 - (performance.now() - beganAt);
    if (beginsMs > 0) await setTimeout(beginsMs);
    answered.push(await place(url, planned, () => onAnswer(++count)));
  };
  const worker = async () => {
    while (next < orders.length && faults.length < faultsMax)
      await one(orders[next]!, next++).catch((error: Error) => faults.push(error.message));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return { answered, faults };
}

/** Places an order, and cancels it if that is planned. */
export async function place(url: () => string, planned: PlannedOrder, onAnswer = () => {}): Promise<Answered> {
  const orderId = await placed(url, planned);
  onAnswer();
  return { planned, orderId, cancelled: await cancelled(url, orderId, planned) };
}

/** The id of an order, once it is answered 201. */
async function placed(url: () => string, { key, body }: PlannedOrder): Promise<string> {
  const headers = { 'Idempotency-Key': key };
  const call = { method: 'POST', path: '/orders', headers, body, wanted: [201], what: `order ${key}` };
  return (await asked(url, call)).body.orderId;
}

const settleMs = 120_000;
const answerMs = 30_000;

/** Resolves when no order is PENDING any more, with the milliseconds that took; or after two minutes. */
export async function settled(url: string): Promise<number> {
  const beganAt = performance.now();
  while (performance.now() - beganAt < settleMs) {
    if (await nothingPending(url).catch(() => false)) break;
    await setTimeout(50);
  }
  return Math.round(performance.now() - beganAt);
}

async function nothingPending(url: string): Promise<boolean> {
  const signal = AbortSignal.timeout(answerMs);
  const response = await fetch(`${url}/orders?status=PENDING&limit=1`, { signal });
  return response.ok && ((await response.json()) as { items: unknown[] }).items.length === 0;
}
