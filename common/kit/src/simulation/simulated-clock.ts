import type { Cancel, Clock } from '../ports';
import { ManualClock } from '../testing/manual-clock';
import { wholeBelow } from './random';

/**
 * The time of a simulation, and whose turn it is: calls of one process have their turns in the order in which they asked
 * for them, and which process is next is drawn.
 */
export class SimulatedClock extends ManualClock {
  private readonly processes: ProcessClock[] = [];

  constructor(private readonly random: () => number) {
    super();
  }

  /** A clock for one process, which shares the time, and has turns of its own. */
  ofProcess(): Clock {
    const process = new ProcessClock(this);
    this.processes.push(process);
    return process;
  }

  /** Gives one process a turn. False when none wants one. */
  turn(): boolean {
    const wanting = this.processes.filter(({ turns }) => turns.length > 0);
    if (wanting.length === 0) return false;
    wanting[wholeBelow(this.random, wanting.length)]!.turns.shift()!();
    return true;
  }
}

class ProcessClock implements Clock {
  readonly turns: (() => void)[] = [];

  constructor(private readonly shared: ManualClock) {}

  now(): Date {
    return this.shared.now();
  }

  monotonicMs(): number {
    return this.shared.monotonicMs();
  }

  /** Processes do not share their timers' order: what is due at the same time has to ask for its turn as well. */
  after(delayMs: number, call: () => void): Cancel {
    let cancelled = false;
    const cancel = this.shared.after(delayMs, () => {
      this.soon(() => {
        if (!cancelled) call();
      });
    });
    return () => {
      cancelled = true;
      cancel();
    };
  }

  soon(call: () => void): void {
    this.turns.push(call);
  }
}
