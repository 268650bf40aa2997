import { Overloaded, type Cancellation, type Clock } from '../../ports';
import type { Refusal } from '../../contract';
import type { Saga } from '../../saga';
import type { HandlerContext, SagaStarter } from '../handling/handler-context';
import { slotMs, slotOf } from '../ports/saga-tables';
import type { SagaStore } from '../ports/store';

export const lookAtPaceEveryMs = 1_000;
/** What has not moved for longer waits for something else than its turn. */
const movingMs = 60_000;
const windowMs = 5_000;
const looksKept = 10;
/** So many looks in a row have to find it slow: the first of many that begin together have not ended yet. */
const slowLooks = 3;
/** So few are never too many. */
const openMin = 500;
const retryAfterSecondsMax = 60;

/**
 * Begins sagas for calls from outside no faster than they end: as many as there are before a new one, by how many end in a
 * second, is how long it will take. Where that is more than a quarter of the shortest deadline of its steps, as many are begun
 * as end; where it is more than half of it, none: other instances may begin some, too.
 * Source: Little's law (Little, 1961).
 */
export class Admission implements SagaStarter {
  private open = 0;
  private begun = false;
  private readonly endedPerMs: number[] = [];
  private slow = 0;
  /** How many may be begun though it is slow, and when that was reckoned. */
  private free = 0;
  private reckonedMs = 0;
  /** The shortest of the sagas that were begun. */
  private limitMs = Infinity;

  constructor(
    private readonly sagas: SagaStarter,
    private readonly store: Pick<SagaStore, 'pace'>,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly monotonicMs: () => number,
  ) {}

  async begin<State>(context: HandlerContext, saga: Saga<State>, txId: string, state: State): Promise<void> {
    const limitMs = limitMsOf(saga);
    const overMs = this.expectedMs - limitMs;
    if (this.slow >= slowLooks && overMs > 0 && (overMs > limitMs || !this.hasEnded())) {
      const seconds = Math.ceil(Math.min(Math.max(overMs / 1_000, 1), retryAfterSecondsMax));
      throw new Overloaded(`${this.open} sagas are open, and would keep a new one from its deadlines`, seconds);
    }
    this.limitMs = Math.min(this.limitMs, limitMs);
    await this.sagas.begin(context, saga, txId, state);
    context.attempt.afterwards.push(() => void (this.begun = true));
  }

  cancel(context: HandlerContext, saga: Saga, txId: string, refusal: Refusal): Promise<Cancellation> {
    return this.sagas.cancel(context, saga, txId, refusal);
  }

  /** Asks nothing of the database while nothing is begun. */
  async look(): Promise<void> {
    if (!this.begun && this.open < openMin) return;
    const nowMs = this.clock.now().getTime();
    const endedSlot = slotOf(new Date(nowMs - windowMs));
    const { open, ended } = await this.store.pace(slotOf(new Date(nowMs - movingMs)), endedSlot);
    [this.open, this.begun] = [open, false];
    this.endedPerMs.push(ended / (nowMs - endedSlot * slotMs));
    if (this.endedPerMs.length > looksKept) this.endedPerMs.shift();
    this.slow = this.expectedMs > this.limitMs ? this.slow + 1 : 0;
  }

  /** One has ended for the one that is to begin. */
  private hasEnded(): boolean {
    const endedPerMs = this.endedPerMs.at(-1)!;
    const nowMs = this.monotonicMs();
    this.free = Math.min(this.free + (nowMs - this.reckonedMs) * endedPerMs, lookAtPaceEveryMs * endedPerMs);
    this.reckonedMs = nowMs;
    if (this.free < 1) return false;
    this.free--;
    return true;
  }

  /** Where none ends, nobody knows: the deadlines do their work. */
  private get expectedMs(): number {
    const endedPerMs = Math.max(0, ...this.endedPerMs);
    return this.open < openMin || endedPerMs === 0 ? 0 : this.open / endedPerMs;
  }
}

function limitMsOf({ steps }: Saga): number {
  const deadlines = steps.flatMap((step) => (step.kind === 'compensatable' ? [step.deadlineMs] : []));
  return Math.min(...deadlines) / 4;
}
