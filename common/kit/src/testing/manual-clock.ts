import type { Cancel, Clock } from '../ports';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly call: () => void;
}

/** A clock that a test moves. */
export class ManualClock implements Clock {
  private readonly timeouts = new Set<Timer>();
  private order = 0;

  constructor(private time = Date.UTC(2026, 0, 1)) {}

  now(): Date {
    return new Date(this.time);
  }

  monotonicMs(): number {
    return this.time;
  }

  after(delayMs: number, call: () => void): Cancel {
    const timer = { at: this.time + Math.max(delayMs, 0), order: this.order++, call };
    this.timeouts.add(timer);
    return () => this.timeouts.delete(timer);
  }

  soon(call: () => void): void {
    setImmediate(call);
  }

  /** When the next timer is due. */
  get nextAt(): number | undefined {
    return this.next()?.at;
  }

  /** Goes to the next timer, and lets all run that are due by then, in order. False when there is none before `until`. */
  step(until = Infinity): boolean {
    const next = this.next();
    if (!next || next.at > until) return false;
    this.time = Math.max(this.time, next.at);
    const due = [...this.timeouts].filter(({ at }) => at <= this.time).sort(inOrder);
    for (const timer of due) if (this.timeouts.delete(timer)) timer.call(); // one may have cancelled another
    return true;
  }

  /** Goes to a time that is not before any timer that is due. */
  goTo(time: number): void {
    this.time = Math.max(this.time, time);
  }

  private next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.timeouts) if (!first || inOrder(timer, first) < 0) first = timer;
    return first;
  }
}

const inOrder = (one: Timer, other: Timer): number => one.at - other.at || one.order - other.order;
