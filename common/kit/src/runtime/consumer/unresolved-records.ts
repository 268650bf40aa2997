import type { ConsumerRecord } from '../ports/broker';
import type { PartitionProgress, OffsetTicket } from './offsets';
import type { SchemaLookups } from './schema-lookups';

/** A record that was taken over. */
export interface TakenRecord {
  readonly record: ConsumerRecord;
  readonly ticket: OffsetTicket;
}

/** Records whose schema is looked for, and those of their topic and key that came after them: these wait with them, nobody else. */
export class UnresolvedRecords {
  private readonly orderingKeys = new Map<string, TakenRecord[]>();
  /** Which lines wait for a schema. */
  private readonly waiting = new Map<number, string[]>();
  private readonly counts = new Map<PartitionProgress, number>();
  count = 0;

  constructor(
    private readonly lookups: Pick<SchemaLookups, 'want' | 'clear'>,
    /** Reads a record, unless the schema is missing whose id it returns. */
    private readonly read: (taken: TakenRecord) => number | undefined,
    /** The schema that is missing for a record. */
    private readonly missing: (record: ConsumerRecord) => number | undefined,
  ) {}

  take(taken: TakenRecord): void {
    if (this.orderingKeys.size > 0) {
      const before = this.orderingKeys.get(orderingKeyOf(taken.record));
      if (before) return this.behind(before, taken);
    }
    const missing = this.read(taken);
    if (missing === undefined) return;
    const orderingKey = orderingKeyOf(taken.record);
    const own: TakenRecord[] = [];
    this.orderingKeys.set(orderingKey, own);
    this.keep(own, taken);
    this.await(missing, orderingKey, taken);
  }

  /** How many of a partition. */
  of(partitionProgress: PartitionProgress): number {
    return this.counts.get(partitionProgress) ?? 0;
  }

  /** How many of this partition. */
  at(topic: string, partition: number): number {
    const own = [...this.counts].filter(([{ place }]) => place.topic === topic && place.partition === partition);
    return own.reduce((sum, [, count]) => sum + count, 0);
  }

  /** What waits for this schema is read, and what is behind it, up to what waits for another one. */
  settled(schemaId: number): void {
    const orderingKeys = this.waiting.get(schemaId) ?? [];
    this.waiting.delete(schemaId);
    for (const orderingKey of orderingKeys) this.goOn(orderingKey);
  }

  clear(): void {
    this.lookups.clear();
    this.orderingKeys.clear();
    this.waiting.clear();
    this.counts.clear();
    this.count = 0;
  }

  private goOn(orderingKey: string): void {
    const records = this.orderingKeys.get(orderingKey) ?? [];
    for (const [index, taken] of records.entries()) {
      this.leave(taken); // before it is read: whoever is finished then looks at the counts
      const missing = this.read(taken);
      if (missing === undefined) continue;
      this.orderingKeys.set(orderingKey, records.slice(index));
      this.enter(taken);
      return this.await(missing, orderingKey, taken);
    }
    this.orderingKeys.delete(orderingKey);
  }

  private await(schemaId: number, orderingKey: string, { record }: TakenRecord): void {
    const orderingKeys = this.waiting.get(schemaId);
    if (orderingKeys) orderingKeys.push(orderingKey);
    else this.waiting.set(schemaId, [orderingKey]);
    this.lookups.want(schemaId, `${record.topic}/${record.partition}`);
  }

  /**
   * What it needs itself is looked for at once: of an ordering key of unknown ids, each has its own budget, and all at
   * the same time.
   */
  private behind(orderingKey: TakenRecord[], taken: TakenRecord): void {
    this.keep(orderingKey, taken);
    const { record } = taken;
    const missing = this.missing(record);
    if (missing !== undefined) this.lookups.want(missing, `${record.topic}/${record.partition}`);
  }

  private keep(orderingKey: TakenRecord[], taken: TakenRecord): void {
    orderingKey.push(taken);
    this.enter(taken);
  }

  private enter({ ticket }: TakenRecord): void {
    this.count++;
    this.counts.set(ticket.of, this.of(ticket.of) + 1);
  }

  private leave({ ticket }: TakenRecord): void {
    this.count--;
    const left = this.of(ticket.of) - 1;
    if (left > 0) this.counts.set(ticket.of, left);
    else this.counts.delete(ticket.of);
  }
}

/** A record without a key is an ordering key of its own. */
const orderingKeyOf = ({ topic, partition, offset, key }: ConsumerRecord): string =>
  key === null ? `${topic}@${partition}/${offset}` : `${topic}|${key.toString('latin1')}`;
