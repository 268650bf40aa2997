import { backOffMs } from '../ports/back-off';
import type { ProducerRecord, PublishOutcome, TopicFault } from '../ports/broker';
import type { Environment } from '../ports/environment';
import type { ServiceClock } from './service-clock';
import type { OutboxRow, RefusedRecordStore } from '../ports/store';

const pauses = { firstMs: 5_000, mostMs: 300_000 };
const keysMax = 100;
const pageMax = 100;

/** Order is kept among records of one topic and key. */
export const orderingKeyOf = ({ topic, key }: Pick<ProducerRecord, 'topic' | 'key'>): string => `${topic}|${key}`;

/** A row that leaves the outbox without having been sent. */
interface RefusedRow extends OutboxRow {
  readonly producer: number;
  readonly orderingKey: string;
}

/** What sends records once more: the publisher. */
export interface Sender {
  once(records: readonly ProducerRecord[]): Promise<readonly PublishOutcome[]>;
}

/**
 * What the broker refuses: out of the outbox, so that it holds up nobody but those of its own topic and key, which follow
 * it in order. The first one of each is sent again, less and less often, until the broker takes it; then the others are.
 */
export class RefusedRecords {
  private readonly reasons = new Map<string, string>();
  private blocked = new Set<string>();
  /** Blocked since the last look at what is stored. */
  private readonly fresh = new Set<string>();
  private failing = false;
  /** By topic: how many keys are blocked, and what was said last. */
  private counts = new Map<string, number>();
  private readonly lastReasons = new Map<string, string>();

  constructor(
    private readonly records: RefusedRecordStore,
    private readonly environment: Environment,
    /** The time of all instances: each sends again what is due. */
    private readonly clock: Pick<ServiceClock, 'now'>,
  ) {}

  /** Whether anything is to be set aside, or may be: what follows of a blocked line. */
  get any(): boolean {
    return this.blocked.size > 0;
  }

  get topicFaults(): readonly TopicFault[] {
    return [...this.counts].map(([topic, keys]) => {
      const logged = this.lastReasons.get(topic);
      const what = `messages of ${keys} ${keys === 1 ? 'key' : 'keys'} are refused by the broker, or wait behind such`;
      return { topic, reason: logged === undefined ? what : `${what}: ${logged}` };
    });
  }

  isBlocked(orderingKey: string): boolean {
    return this.blocked.has(orderingKey);
  }

  /** Loads what is blocked. To be called before anything is sent, and again: other instances set aside as well. */
  async look(): Promise<void> {
    this.fresh.clear();
    const stored = await this.records.orderingKeys();
    this.blocked = new Set([...stored.map(orderingKeyOf), ...this.fresh, ...this.reasons.keys()]);
    this.counts = new Map();
    for (const { topic } of stored) this.counts.set(topic, (this.counts.get(topic) ?? 0) + 1);
  }

  refuse({ orderingKey, topic, key }: Pick<RefusedRow, 'orderingKey' | 'topic' | 'key'>, reason: string): void {
    if (this.blocked.has(orderingKey)) return; // it follows one that was
    this.environment.log.error(
      { topic, key, error: reason },
      'the broker refuses a message: it is set aside with those behind it of its key, and sent again from time to time. Mend what it says',
    );
    this.reasons.set(orderingKey, reason);
    this.lastReasons.set(topic, reason);
    this.block(orderingKey);
  }

  /** Stores these, in their order, and takes them out of the outbox. False when that did not work: do it again. */
  async keep(items: readonly RefusedRow[]): Promise<boolean> {
    const first = new Set<string>();
    const rows = items.map((item) => {
      const reason = first.has(item.orderingKey) ? undefined : this.reasons.get(item.orderingKey);
      first.add(item.orderingKey);
      return { ...item, reason: reason ?? 'it is behind one that was refused' };
    });
    try {
      await this.records.add(rows, this.dueAfter(1));
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.environment.log.error({ error: String(error) }, 'could not set refused messages aside');
      this.failing = true;
      return false;
    }
    for (const orderingKey of first) {
      this.reasons.delete(orderingKey);
      this.block(orderingKey);
    }
    return true;
  }

  /** Sends again what is due, each ordering key in order up to the first that is refused once more. */
  async sendAgain(publisher: Sender): Promise<void> {
    for (const orderingKey of await this.records.due(this.clock.now(), keysMax)) {
      let isTaken = true;
      while (isTaken) isTaken = await this.sendKey(orderingKey, publisher);
    }
    await this.look();
  }

  /** True when a page of it was taken, and there may be more. */
  private async sendKey(orderingKey: Pick<ProducerRecord, 'topic' | 'key'>, publisher: Sender): Promise<boolean> {
    const rows = await this.records.of(orderingKey, pageMax);
    if (rows.length === 0) return false;
    const outcomes = await publisher.once(rows);
    const stop = outcomes.findIndex(({ status }) => status !== 'durable');
    const taken = stop < 0 ? rows : rows.slice(0, stop);
    await this.records.remove(taken.map(({ id }) => id));
    if (taken.length > 0)
      this.environment.log.info({ ...orderingKey, count: taken.length }, 'refused messages were sent after all');
    const [next, outcome] = [rows[stop], outcomes[stop]];
    if (!next || !outcome || outcome.status === 'durable') return true;
    const tries = next.attempts + 1;
    this.lastReasons.set(orderingKey.topic, outcome.reason);
    await this.records.postpone(next.id, outcome.reason, this.dueAfter(tries));
    return false;
  }

  private block(orderingKey: string): void {
    this.blocked.add(orderingKey);
    this.fresh.add(orderingKey);
  }

  private dueAfter(tries: number): Date {
    return new Date(this.clock.now().getTime() + backOffMs(tries, pauses, this.environment.random()));
  }
}
