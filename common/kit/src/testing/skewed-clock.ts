import type { Cancel, Clock } from '../ports';

/** A clock that does not tell the same time as another one, and makes steps when a test says so. */
export class SkewedClock implements Clock {
  private stoodStillMs = 0;

  constructor(
    private readonly clock: Clock,
    private aheadMs = 0,
  ) {}

  now(): Date {
    return new Date(this.clock.now().getTime() + this.aheadMs);
  }

  monotonicMs(): number {
    return this.clock.monotonicMs() + this.stoodStillMs;
  }

  /** Sets it forward, or back. Its machine takes it for the same, having slept for so long. */
  set(byMs: number): void {
    this.aheadMs += byMs;
  }

  /** Its process was stopped for so long, and goes on. */
  standStill(forMs: number): void {
    this.aheadMs += forMs;
    this.stoodStillMs += forMs;
  }

  after(delayMs: number, call: () => void): Cancel {
    return this.clock.after(delayMs, call);
  }

  soon(call: () => void): void {
    this.clock.soon(call);
  }
}
