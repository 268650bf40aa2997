import type { Cancel } from '../../ports';
import { backOffMs } from '../ports/back-off';
import type { PublishFailure, TopicFault } from '../ports/broker';
import type { Environment } from '../ports/environment';

const pauses = { firstMs: 50, mostMs: 5_000 };
/** How long something is tried again while others succeed, before it is set aside. */
const budgetMs = 60_000;
/** After which a place that nothing more has failed at begins anew. */
const memoryMs = 60_000;

interface Sendable {
  readonly topic: string;
  where: string | undefined;
}

interface BackOffState {
  tries: number;
  spentMs: number;
  /** What others had succeeded at, when it last failed. */
  takenBefore: number;
  reason: string;
  exhausted: boolean;
  waiting: boolean;
  cancel: Cancel;
}

/** The places that do not take what they are sent, while others do: each is tried again by itself, less and less often. */
export class DestinationBackOff {
  private readonly holds = new Map<string, BackOffState>();
  private takenCount = 0;

  constructor(
    private readonly environment: Environment,
    /** One of them may be tried again. */
    private readonly over: () => void,
  ) {}

  get any(): boolean {
    return this.holds.size > 0;
  }

  isHeld(where: string | undefined): boolean {
    return where !== undefined && this.holds.get(where)?.waiting === true;
  }

  /** True when it has been tried for long enough. While nothing succeeds anywhere, that time does not run. */
  hold(item: Sendable, { where, reason }: PublishFailure): boolean {
    item.where = where;
    const hold = this.holds.get(where) ?? this.begin(where, reason);
    hold.reason = reason;
    if (hold.waiting || hold.exhausted) return hold.exhausted;
    hold.cancel();
    hold.tries++;
    const waitMs = backOffMs(hold.tries, pauses, this.environment.random());
    if (this.takenCount > hold.takenBefore) hold.spentMs += waitMs;
    hold.takenBefore = this.takenCount;
    hold.exhausted = hold.spentMs > budgetMs;
    hold.waiting = !hold.exhausted;
    if (hold.exhausted) this.forgetLater(where, hold);
    else hold.cancel = this.environment.clock.after(waitMs, () => this.goOn(where, hold));
    return hold.exhausted;
  }

  /** These have been taken: where they had failed before, all is well again. */
  taken(items: ReadonlySet<Sendable>): void {
    this.takenCount += items.size;
    if (this.holds.size === 0) return;
    for (const { where } of items) if (where !== undefined) this.forget(where);
  }

  topicFaults(waiting: readonly Sendable[]): readonly TopicFault[] {
    if (this.holds.size === 0) return [];
    const counts = new Map<string, { topic: string; count: number }>();
    for (const { topic, where } of waiting)
      if (where !== undefined && this.holds.has(where))
        counts.set(where, { topic, count: (counts.get(where)?.count ?? 0) + 1 });
    return [...counts].map(([where, { topic, count }]) => ({
      topic,
      reason: `${count} to be sent to ${where}: ${this.holds.get(where)!.reason}`,
    }));
  }

  private begin(where: string, reason: string): BackOffState {
    this.environment.log.error({ where, error: reason }, 'messages are not taken there; others are sent, these again');
    const idle = { exhausted: false, waiting: false, cancel: () => {} };
    const hold: BackOffState = { tries: 0, spentMs: 0, takenBefore: this.takenCount, reason, ...idle };
    this.holds.set(where, hold);
    return hold;
  }

  private goOn(where: string, hold: BackOffState): void {
    hold.waiting = false;
    this.forgetLater(where, hold);
    this.over();
  }

  private forgetLater(where: string, hold: BackOffState): void {
    hold.cancel = this.environment.clock.after(memoryMs, () => this.forget(where));
  }

  private forget(where: string): void {
    const hold = this.holds.get(where);
    hold?.cancel();
    if (this.holds.delete(where)) this.environment.log.info({ where }, 'messages are taken there again');
  }
}
