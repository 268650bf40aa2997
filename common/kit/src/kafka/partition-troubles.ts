import { backOffMs, type Log, type TopicPartition, type TopicFault } from '../runtime';

/** After which a partition that could not be read is asked for again. */
const pauses = { firstMs: 250, mostMs: 30_000 };

interface Partition extends TopicPartition {
  tries: number;
  reason: string;
  readonly timer?: NodeJS.Timeout;
}

/**
 * The partitions that could not be fetched or read: each waits for its next try, longer and longer, while the others are
 * read. Said once, when it begins and when it is over.
 */
export class PartitionTroubles {
  private readonly partitions = new Map<string, Partition>();

  constructor(
    private readonly log: Log,
    private readonly hold: (of: TopicPartition) => void,
    private readonly goOn: (of: TopicPartition) => void,
  ) {}

  get all(): readonly TopicFault[] {
    return [...this.partitions.values()].map(({ topic, partition, reason }) => ({ topic, partition, reason }));
  }

  isHeld({ topic, partition }: TopicPartition): boolean {
    return this.partitions.get(`${topic}/${partition}`)?.timer !== undefined;
  }

  failed({ topic, partition }: TopicPartition, { message: reason }: Error): void {
    const key = `${topic}/${partition}`;
    const before = this.partitions.get(key);
    if (before?.timer) return; // of a question from before it was held
    if (before?.reason !== reason)
      this.log.error(
        { topic, partition, error: reason },
        'a partition cannot be read; the others are, and it is tried again',
      );
    const tries = (before?.tries ?? 0) + 1;
    const again = () => {
      this.partitions.set(key, { topic, partition, reason, tries });
      this.goOn({ topic, partition });
    };
    const timer = setTimeout(again, backOffMs(tries, pauses, Math.random()));
    this.partitions.set(key, { topic, partition, reason, tries, timer });
    this.hold({ topic, partition });
  }

  answered({ topic, partition }: TopicPartition): void {
    if (this.partitions.size === 0) return;
    const key = `${topic}/${partition}`;
    if (!this.partitions.has(key) || this.isHeld({ topic, partition })) return;
    this.partitions.delete(key);
    this.log.info({ topic, partition }, 'a partition can be read again');
  }

  /** Partitions have moved: what is still ours is asked for anew. */
  clear(): void {
    for (const { timer } of this.partitions.values()) clearTimeout(timer);
    this.partitions.clear();
  }
}
