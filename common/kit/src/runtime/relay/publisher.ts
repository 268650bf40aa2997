import { Acknowledgements } from './acknowledgements';
import { backOffMs } from '../ports/back-off';
import type { Broker, ProducerRecord, PublishOutcome, TopicFault } from '../ports/broker';
import { pause, type Environment } from '../ports/environment';
import { undescribed } from './cloud-events';
import { DestinationBackOff } from './destination-back-off';
import { orderingKeyOf, type RefusedRecords } from './refused-records';
import { publishing } from '../tracing/spans';
import type { OutboxRow } from '../ports/store';

/** What waits beyond this is left to gather in the database: nobody begins a transaction. */
const unsentMax = 10_000;
const recordsMax = 2_000;
/** Below the megabyte that a broker takes for a partition at a time. */
const bytesMax = 900_000;
const pauses = { firstMs: 50, mostMs: 5_000 };

/** A row of an outbox on its way. `end` is called when it has left the outbox, or may. */
export interface Item extends OutboxRow {
  readonly producer: number;
  /** When it was taken over, by the monotonic clock. */
  readonly sinceMs: number;
  /** `<topic>|<key>`: in this order is kept. */
  readonly orderingKey: string;
  /** What its last failure was about. */
  where: string | undefined;
  readonly end: () => void;
}

/**
 * Sends what was committed, one request at a time; whatever gathers meanwhile rides in the next. What fails is sent again
 * before anything of the same topic and key, so records of one key leave in the order in which they were pushed; those of
 * others go on. What the broker refuses, or has not taken for a minute in which it took others, is set aside with all that
 * follows of its key.
 */
export class Publisher {
  private queue: Item[] = [];
  readonly acknowledgements = new Acknowledgements();
  private readonly waiters: (() => void)[] = [];
  private readonly errands: (() => Promise<void>)[] = [];
  private readonly holds: DestinationBackOff;
  private sending: Promise<void> | undefined;
  private wake = () => {};
  private stopped = false;
  private failure: string | undefined;

  constructor(
    private readonly broker: Broker,
    private readonly environment: Environment,
    private readonly refusedRecords: RefusedRecords,
    private readonly described = undescribed,
  ) {
    this.holds = new DestinationBackOff(environment, () => this.wake());
  }

  get waiting(): number {
    return this.queue.length;
  }

  /** For how long the first of them has waited. */
  get oldestMs(): number {
    const [first] = this.queue;
    return first ? this.environment.clock.monotonicMs() - first.sinceMs : 0;
  }

  get full(): boolean {
    return this.queue.length > unsentMax;
  }

  get idle(): boolean {
    return this.sending === undefined;
  }

  /** Why nobody has answered when it was last sent something; `undefined` when the broker did answer. */
  get outage(): string | undefined {
    return this.failure;
  }

  /** What waits to be sent again while the rest is sent. */
  get topicFaults(): readonly TopicFault[] {
    return this.holds.topicFaults(this.queue);
  }

  /** Takes over what a producer has just committed as number `commitNumber`; `rows` in sequence. */
  push(producer: number, commitNumber: number, rows: readonly OutboxRow[]): void {
    const sinceMs = this.environment.clock.monotonicMs();
    for (const row of rows) this.add(row, { producer, sinceMs }, this.acknowledgements.begin(producer, row.seq));
    this.acknowledgements.committed.raise(producer, commitNumber);
    if (rows.length > 0) this.begin();
  }

  /** Takes over what somebody else has left in a producer. Resolves when all of it is at the broker, or set aside. */
  deliver(producer: number, rows: readonly OutboxRow[]): Promise<void> {
    let left = rows.length;
    if (left === 0) return Promise.resolve();
    const sinceMs = this.environment.clock.monotonicMs();
    return new Promise((resolve) => {
      for (const row of rows) this.add(row, { producer, sinceMs }, () => void (--left === 0 && resolve()));
      this.begin();
    });
  }

  /** Publishes these once, between what is sent anyway; what has become of them is for the caller to deal with. */
  once(records: readonly ProducerRecord[]): Promise<readonly PublishOutcome[]> {
    return new Promise((resolve) => {
      this.errands.push(async () => resolve(await this.publish(records)));
      this.begin();
    });
  }

  /** Resolves when there is room for more. */
  async room(): Promise<void> {
    while (this.full && !this.stopped) await new Promise<void>((room) => this.waiters.push(room));
  }

  /** Resolves when everything that was pushed is at the broker, or after `stop`. */
  async flushed(): Promise<void> {
    while (this.sending) await this.sending;
  }

  /** Tries no more. What is not sent stays in the outbox. */
  stop(): void {
    this.stopped = true;
    this.wake();
    this.wakeAll();
  }

  private add(row: OutboxRow, from: Pick<Item, 'producer' | 'sinceMs'>, end: () => void): void {
    this.queue.push({ ...this.described(row), ...from, orderingKey: orderingKeyOf(row), where: undefined, end });
  }

  private begin(): void {
    this.wake();
    if (!this.stopped) this.sending ??= this.send();
  }

  private async send(): Promise<void> {
    for (let tries = 1; !this.stopped;) {
      for (const errand of this.errands.splice(0)) await errand();
      await this.setAside();
      const items = this.next();
      if (items.length > 0) tries = (await this.sendOnce(items)) ? 1 : tries + 1;
      else if (this.queue.length === 0) break;
      else if (this.errands.length === 0) await new Promise<void>((wake) => (this.wake = wake)); // the first hold that is over
      if (tries > 1 && !this.stopped)
        await pause(this.environment, backOffMs(tries - 1, pauses, this.environment.random()));
    }
    this.sending = undefined;
  }

  /** The first that may be sent: none behind one of its ordering key that may not. */
  private next(): readonly Item[] {
    if (!this.holds.any) return this.queue.slice(0, howMany(this.queue));
    const held = new Set<string>();
    const free = this.queue.filter((item) => {
      if (held.has(item.orderingKey)) return false;
      if (!this.holds.isHeld(item.where)) return true;
      held.add(item.orderingKey);
      return false;
    });
    return free.slice(0, howMany(free));
  }

  /** False when nobody has answered. */
  private async sendOnce(items: readonly Item[]): Promise<boolean> {
    const outcomes = await this.publish(items);
    this.notice(outcomes);
    if (!outcomes.some(isAnswer)) return false;
    const gone = new Set<Item>();
    items.forEach((item, index) => {
      const outcome = outcomes[index]!;
      if (outcome.status === 'durable') gone.add(item);
      else if (outcome.status === 'refused') this.refusedRecords.refuse(item, outcome.reason);
      else if (this.holds.hold(item, outcome)) this.refusedRecords.refuse(item, outcome.reason);
    });
    this.holds.taken(gone);
    this.remove(gone);
    return true;
  }

  private async publish(records: readonly ProducerRecord[]): Promise<readonly PublishOutcome[]> {
    const ended = publishing(records);
    const outcomes = await this.outcomesOf(records);
    ended(outcomes);
    return outcomes;
  }

  private async outcomesOf(records: readonly ProducerRecord[]): Promise<readonly PublishOutcome[]> {
    try {
      return await this.broker.publish(records);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return records.map(() => ({ status: 'failed', reason, where: 'the broker', isAnswer: false }));
    }
  }

  /** Where nobody answers, the broker is away; where it refuses some of it, it is not. */
  private notice(outcomes: readonly PublishOutcome[]): void {
    const timeOut = outcomes.some(isAnswer) ? undefined : outcomes.find(({ status }) => status === 'failed');
    const error = timeOut && 'reason' in timeOut ? timeOut.reason : undefined;
    if (error !== undefined && this.failure === undefined)
      this.environment.log.error(
        { error, waiting: this.queue.length },
        'the broker does not take messages; sending again',
      );
    this.failure = error;
  }

  /** Moves what was refused, and everything behind it, out of the way. Until that is done nothing else is sent. */
  private async setAside(): Promise<void> {
    for (let tries = 1; this.refusedRecords.any && !this.stopped; tries++) {
      const items = this.queue.filter(({ orderingKey }) => this.refusedRecords.isBlocked(orderingKey));
      if (items.length === 0) return;
      if (await this.refusedRecords.keep(items)) return this.remove(new Set(items));
      await pause(this.environment, backOffMs(tries, pauses, this.environment.random()));
    }
  }

  private remove(gone: ReadonlySet<Item>): void {
    if (gone.size === 0) return;
    this.queue = this.queue.filter((item) => !gone.has(item));
    for (const { end } of gone) end();
    this.wakeAll();
  }

  private wakeAll(): void {
    for (const wake of this.waiters.splice(0)) wake();
  }
}

const isAnswer = (outcome: PublishOutcome): boolean => outcome.status !== 'failed' || outcome.isAnswer;

function howMany(rows: readonly OutboxRow[]): number {
  let bytes = 0;
  let count = 0;
  while (count < rows.length && count < recordsMax) {
    bytes += bytesOf(rows[count]!);
    if (count > 0 && bytes > bytesMax) break;
    count++;
  }
  return count;
}

function bytesOf({ value, key, headers }: OutboxRow): number {
  let bytes = value.length + key.length;
  if (headers) for (const [name, content] of headers) bytes += name.length + content.length;
  return bytes;
}
