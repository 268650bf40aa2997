import { UnknownSchemaId } from '../../codec';
import type { Clock } from '../../ports';
import type { ConsumerRecord, TopicPartition } from '../ports/broker';
import type { ReadMessage } from './message-reader';
import { recordOf } from './parking';
import type { SagaStore } from '../ports/store';

const keysMax = 1_000;
const pageMax = 100;
/** After which the head of an ordering key that is full is tried again. */
const fullEveryMs = 60_000;

/** What takes over the records of an ordering key, in order, and handles them. */
export interface ReplayPort {
  /** The partitions that are ours. */
  readonly assigned: readonly TopicPartition[];
  /** Ordering keys in which there is no place for the next message: also for their own head, should it come again. */
  readonly full: ReadonlySet<string>;
  /** Nothing of a paused topic is handled, also nothing that was parked. */
  isPaused(topic: string): boolean;
  contentOf(record: ConsumerRecord): ReadMessage | UnknownSchemaId | undefined;
  replay(record: ConsumerRecord, content: ReadMessage): void;
  learn(schemaId: number): void;
}

/**
 * Has what is parked in an ordering key handled, in order, once the message that blocked it was. Whoever has the
 * ordering key's partition
 * does it; one that fails again is parked again, and the rest stays behind it. What blocks an ordering key that is full is tried
 * from time to time, since nothing can come to it any more.
 */
export class ReleasedKeys {
  /** How many of an ordering key are on their way. */
  private readonly underWay = new Map<string, number>();
  /** Full lines that were tried a moment ago. */
  private readonly resting = new Set<string>();

  constructor(
    private readonly sagaStore: SagaStore,
    private readonly clock: Clock,
    private readonly to: ReplayPort,
  ) {}

  get idle(): boolean {
    return this.underWay.size === 0;
  }

  async look(): Promise<void> {
    const ours = new Set(this.to.assigned.map(({ topic, partition }) => `${topic}/${partition}`));
    for (const orderingKey of await this.sagaStore.releasedKeys(keysMax)) await this.take(orderingKey, pageMax, ours);
    for (const orderingKey of this.to.full) {
      if (this.resting.has(orderingKey)) continue;
      this.resting.add(orderingKey);
      this.clock.after(fullEveryMs, () => void this.resting.delete(orderingKey));
      await this.take(orderingKey, 1, ours);
    }
  }

  /** One of an ordering key is done. True when all that were on their way are. */
  ended(orderingKey: string): boolean {
    const left = (this.underWay.get(orderingKey) ?? 0) - 1;
    if (left > 0) this.underWay.set(orderingKey, left);
    else this.underWay.delete(orderingKey);
    return left <= 0;
  }

  /** Partitions have moved. */
  clear(): void {
    this.underWay.clear();
  }

  private async take(orderingKey: string, countMax: number, ours: ReadonlySet<string>): Promise<void> {
    if (this.underWay.has(orderingKey)) return;
    const rows = await this.sagaStore.parkedIn(orderingKey, countMax);
    const [first] = rows;
    if (!first || !ours.has(`${first.topic}/${first.recordPartition}`) || this.underWay.has(orderingKey)) return;
    for (const row of rows) if (!this.replay(orderingKey, recordOf(row))) return;
  }

  /** False where its schema has to be looked for first. */
  private replay(orderingKey: string, record: ConsumerRecord): boolean {
    const content = this.to.contentOf(record);
    if (content instanceof UnknownSchemaId) {
      this.to.learn(content.schemaId);
      return false;
    }
    if (!content) return true;
    this.underWay.set(orderingKey, (this.underWay.get(orderingKey) ?? 0) + 1);
    this.to.replay(record, content);
    return true;
  }
}
