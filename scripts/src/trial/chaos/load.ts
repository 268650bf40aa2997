import { setTimeout } from 'node:timers/promises';
import { place, type Answered, type Placed, type PlannedOrder } from '../orders';

export interface SteadyLoad {
  readonly url: () => string;
  /** No more than these are placed. */
  readonly orders: readonly PlannedOrder[];
  readonly perSecond: number;
  /** So many of them at the same moment. */
  readonly together: number;
  /** More calls than these are never under way: orders whose turn it would be are not placed. */
  readonly atOnce: number;
  /** Whether so many orders are open that none is placed either: more than is got through is no load, but a queue. */
  readonly isTooMuch: () => boolean;
  /** Whether there are enough of them. */
  readonly isOver: () => boolean;
  readonly signal: AbortSignal;
}

export interface PlacedSteadily extends Placed {
  /** Orders that were not placed, because too many were under way. */
  readonly passedOver: number;
}

const faultsMax = 20;

/** Places so many orders a second, and never more to make up for what could not be placed. */
export async function placeSteadily({
  url,
  orders,
  perSecond,
  together,
  atOnce,
  isTooMuch,
  isOver,
  signal,
}: SteadyLoad): Promise<PlacedSteadily> {
  const answered: Answered[] = [];
  const faults: string[] = [];
  const underWay = new Set<Promise<unknown>>();
  const beganAt = performance.now();
  let [next, passedOver] = [0, 0];
  for (let turn = 0; !isOver() && faults.length < faultsMax; turn++) {
    const waitMs = beganAt + ((turn - (turn % together)) * 1_000) / perSecond - performance.now();
    if (waitMs > 0) await setTimeout(waitMs, undefined, { signal });
    if (next === orders.length) break;
    if (underWay.size >= atOnce || isTooMuch()) {
      passedOver++;
      continue;
    }
    const one = place(url, orders[next++]!).then(
      (each) => answered.push(each),
      (error: Error) => faults.push(error.message),
    );
    underWay.add(one);
    void one.then(() => underWay.delete(one));
  }
  await Promise.all(underWay);
  return { answered, faults, passedOver };
}
