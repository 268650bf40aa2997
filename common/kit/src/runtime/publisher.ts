import { backOffMs } from './back-off';
import type { Broker } from './broker';
import { pause, type Environment } from './environment';
import type { OutboxRow } from './store';

/** What waits beyond this is left to gather in the database: nobody begins a transaction. */
const unsentMax = 10_000;
const recordsMax = 2_000;
/** Below the megabyte that a broker takes for a partition at a time. */
const bytesMax = 900_000;
const pauses = { firstMs: 50, mostMs: 5_000 };

/**
 * Sends what was committed, one request at a time; whatever gathers meanwhile rides in the next. A send that fails is sent
 * again before anything behind it, so records leave in the order in which they were pushed.
 */
export class Publisher {
  private readonly queue: (OutboxRow & { readonly lane: number })[] = [];
  private readonly acknowledged = new Map<number, Acknowledged>();
  private readonly waiters: (() => void)[] = [];
  private sending: Promise<void> | undefined;
  private stopped = false;
  private failing = false;

  constructor(
    private readonly broker: Broker,
    private readonly environment: Environment,
  ) {}

  get waiting(): number {
    return this.queue.length;
  }

  get full(): boolean {
    return this.queue.length > unsentMax;
  }

  get idle(): boolean {
    return this.sending === undefined;
  }

  /** Whether the broker took what it was last sent. */
  get healthy(): boolean {
    return !this.failing;
  }

  /** Takes over what a lane has just committed as number `unit`; `rows` in sequence. */
  push(lane: number, unit: number, rows: readonly OutboxRow[]): void {
    for (const row of rows) this.queue.push({ ...row, lane });
    this.acknowledge(lane, { seq: 0, unit });
    if (rows.length > 0 && !this.stopped) this.sending ??= this.send();
  }

  /** Resolves when there is room for more. */
  async room(): Promise<void> {
    while (this.full && !this.stopped) await new Promise<void>((room) => this.waiters.push(room));
  }

  /** Resolves when everything that was pushed is at the broker, or after `stop`. */
  async flushed(): Promise<void> {
    while (this.sending) await this.sending;
  }

  /** What has become acknowledged, by lane; told again until it is `noted`. */
  unnoted(): ReadonlyMap<number, Acknowledged> {
    return new Map(this.acknowledged);
  }

  /** The outbox knows it. */
  noted(lane: number, what: Acknowledged): void {
    if (this.acknowledged.get(lane) === what) this.acknowledged.delete(lane);
  }

  /** Tries no more. What is not sent stays in the outbox. */
  stop(): void {
    this.stopped = true;
    this.wakeAll();
  }

  private async send(): Promise<void> {
    for (let tries = 1; this.queue.length > 0 && !this.stopped;) {
      const count = howMany(this.queue);
      const rows = this.queue.slice(0, count);
      try {
        await this.broker.publish(rows);
      } catch (error) {
        if (!this.failing)
          this.environment.log.error(
            { error: String(error), waiting: this.queue.length },
            'the broker does not take messages; sending again',
          );
        this.failing = true;
        await pause(this.environment, backOffMs(tries++, pauses, this.environment.random()));
        continue;
      }
      tries = 1;
      this.failing = false;
      this.queue.splice(0, count);
      for (const { lane, seq } of rows) this.acknowledge(lane, { seq, unit: 0 });
      this.wakeAll();
    }
    this.sending = undefined;
  }

  /** Both numbers only grow: left-overs of a lane that lives may be sent once more behind what it has sent since. */
  private acknowledge(lane: number, { seq, unit }: Acknowledged): void {
    const before = this.acknowledged.get(lane) ?? { seq: 0, unit: 0 };
    this.acknowledged.set(lane, { seq: Math.max(before.seq, seq), unit: Math.max(before.unit, unit) });
  }

  private wakeAll(): void {
    for (const wake of this.waiters.splice(0)) wake();
  }
}

/** Everything of a lane up to `seq` is at the broker; unit `unit` is committed. 0: nothing new. */
export interface Acknowledged {
  readonly seq: number;
  readonly unit: number;
}

function howMany(rows: readonly OutboxRow[]): number {
  let bytes = 0;
  let count = 0;
  while (count < rows.length && count < recordsMax) {
    bytes += rows[count]!.value.length + rows[count]!.key.length;
    if (count > 0 && bytes > bytesMax) break;
    count++;
  }
  return count;
}
