import type { Cancel, Clock } from '../ports';
import type { TopicFault, TopicPartition } from '../runtime';
import { noBrokerFaults, type BrokerFaultKind } from './broker-faults';
import { wholeBelow } from './random';
import { placeName } from './simulated-log';

/** Decides what goes wrong, counts it, and knows what is away just now. */
export class BrokerTroubles {
  faults = noBrokerFaults;
  /** How often each kind has been injected. */
  readonly injected = new Map<BrokerFaultKind, number>();
  /** Why the broker cannot be reached. */
  outage: string | undefined;
  private readonly away = new Map<string, TopicFault>();
  private readonly waiting = new Set<Cancel>();

  constructor(
    private readonly clock: Clock,
    readonly random: () => number,
    /** Something can be read again. */
    private readonly mended: () => void,
  ) {}

  /** Whether this happens now: every fault is asked for here. One that is off draws too, so that the others stay as they are. */
  happens(kind: BrokerFaultKind): boolean {
    if (this.random() >= this.faults[kind]) return false;
    this.injected.set(kind, (this.injected.get(kind) ?? 0) + 1);
    return true;
  }

  /** Something is still to come by itself. */
  get anyPending(): boolean {
    return this.waiting.size > 0;
  }

  /** A while. */
  drawDelayMs(): number {
    return 1 + wholeBelow(this.random, this.faults.delayMaxMs);
  }

  after(delayMs: number, call: () => void): void {
    const cancel = this.clock.after(delayMs, () => {
      this.waiting.delete(cancel);
      call();
    });
    this.waiting.add(cancel);
  }

  wait(delayMs: number): Promise<void> {
    return new Promise((over) => this.after(delayMs, over));
  }

  /** Perhaps the broker goes away, or one of these partitions; for a while. */
  strike(places: readonly TopicPartition[]): void {
    if (this.outage === undefined && this.happens('outage')) {
      this.outage = 'the simulated broker is away';
      this.mend(() => (this.outage = undefined));
    }
    for (const place of places) {
      const name = placeName(place);
      if (this.away.has(name) || !this.happens('partitionFails')) continue;
      this.away.set(name, { ...place, reason: 'the simulated partition is away' });
      this.mend(() => this.away.delete(name));
    }
  }

  faultOf(place: TopicPartition): TopicFault | undefined {
    return this.away.size > 0 ? this.away.get(placeName(place)) : undefined;
  }

  /** Throws while the broker is away. */
  reach(): void {
    if (this.outage !== undefined) throw new Error(this.outage);
  }

  end(): void {
    for (const cancel of this.waiting) cancel();
    this.waiting.clear();
  }

  private mend(over: () => void): void {
    this.after(1 + wholeBelow(this.random, this.faults.outageMaxMs), () => {
      over();
      this.mended();
    });
  }
}
