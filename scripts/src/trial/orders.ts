import { setTimeout } from 'node:timers/promises';
import { wholeBelow } from './random';

/** An order that is to be placed, and how it has to end with the sample data. */
export interface PlannedOrder {
  readonly key: string;
  readonly body: { readonly userId: number; readonly items: readonly { productId: number; quantity: number }[] };
  readonly ends: string;
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
}

const giveUpMs = 120_000;

/**
 * Places orders, so many at a time. A call that fails because nobody answers is made again under the same idempotency key,
 * as a client would. Resolves with what was answered 201.
 */
export async function placeAll(
  url: () => string,
  orders: readonly PlannedOrder[],
  atOnce: number,
  onAnswer: (count: number) => void,
): Promise<Answered[]> {
  const answered: Answered[] = [];
  let next = 0;
  const until = Date.now() + giveUpMs;
  const one = async (planned: PlannedOrder) => {
    while (Date.now() < until) {
      const at = url();
      const answer = await place(at, planned).catch(() => undefined);
      if (answer?.status === 201) {
        answered.push({ planned, orderId: answer.body.orderId });
        onAnswer(answered.length);
        return;
      }
      if (answer && answer.status !== 503)
        throw new Error(`order ${planned.key} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      await setTimeout(50);
    }
    throw new Error(`order ${planned.key} was not answered within ${giveUpMs} ms`);
  };
  const worker = async () => {
    for (let order = orders[next++]; order; order = orders[next++]) await one(order);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return answered;
}

async function place(url: string, { key, body }: PlannedOrder): Promise<{ status: number; body: any }> {
  const response = await fetch(`${url}/orders`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}
