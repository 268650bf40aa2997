import assert from 'node:assert/strict';
import type { Broker, ConsumerRecord, TopicPartitionOffset, Subscription } from '../runtime';
import { named } from './named';
import { same } from './same';
import { until } from './until';

/**
 * A member of a group that keeps what it is handed, as the consumer of a service does: what has moved away uncommitted
 * is forgotten.
 */
export class TestConsumer {
  subscription!: Subscription;
  received: ConsumerRecord[] = [];
  /** How often partitions have moved. */
  moves = 0;
  private readonly committed = new Map<string, bigint>();
  private readonly faults: string[] = [];

  private constructor(readonly group: string) {}

  static async join(broker: Broker, topics: readonly string[], group = named('group')): Promise<TestConsumer> {
    const consumer = new TestConsumer(group);
    consumer.subscription = await broker.subscribe({
      group,
      topics,
      receive: (records) => consumer.receive(records),
      reassigned: () => consumer.reassigned(),
    });
    return consumer;
  }

  get values(): string[] {
    return this.received.map(({ value }) => String(value));
  }

  /** Resolves with everything when that is so many records. They came in the order of their partitions, each once. */
  async has(count: number): Promise<readonly ConsumerRecord[]> {
    await until(`${count} records are handed over`, () => this.received.length >= count || this.faults.length > 0);
    same(this.faults, []);
    assert.equal(this.received.length, count);
    return this.received;
  }

  /** It is done with all that it has up to these records. */
  async commit(...records: readonly ConsumerRecord[]): Promise<void> {
    const positions = [...byPartition(records).values()].map((some) => nextOf(some.at(-1)!));
    await this.subscription.commit(positions);
    for (const at of positions) this.committed.set(placeOf(at), at.offset);
  }

  async close(): Promise<void> {
    await this.subscription.close();
  }

  private receive(records: readonly ConsumerRecord[]): void {
    const lasts = byPartition(this.received);
    for (const [place, some] of byPartition(records)) {
      const offsets = [...(lasts.get(place)?.slice(-1) ?? []), ...some].map(({ offset }) => offset);
      if (offsets.some((offset, index) => index > 0 && offset <= offsets[index - 1]!))
        this.faults.push(`${place} is not handed over in order: ${offsets.join(', ')}`);
    }
    this.received.push(...records);
  }

  private reassigned(): void {
    this.moves++;
    this.received = this.received.filter((record) => record.offset < (this.committed.get(placeOf(record)) ?? 0n));
  }
}

/** Where to go on after a record. */
export const nextOf = ({ topic, partition, offset }: ConsumerRecord): TopicPartitionOffset => ({
  topic,
  partition,
  offset: offset + 1n,
});

export const placeOf = ({ topic, partition }: Pick<TopicPartitionOffset, 'topic' | 'partition'>): string =>
  `${topic}/${partition}`;

export function byPartition(records: readonly ConsumerRecord[]): ReadonlyMap<string, readonly ConsumerRecord[]> {
  const lists = new Map<string, ConsumerRecord[]>();
  for (const record of records) {
    const list = lists.get(placeOf(record));
    if (list) list.push(record);
    else lists.set(placeOf(record), [record]);
  }
  return lists;
}
