import type { Subscription } from '../ports/broker';
import type { PartitionProgress } from './offsets';
import type { SchemaLookups } from './schema-lookups';
import type { UnresolvedRecords } from './unresolved-records';

/** Records in hand; beyond this the partitions that bring more are asked to wait. */
const inHandMax = 20_000;
/** Records of a partition since the first that is not done: what is handed over again after a crash. */
const windowMax = 5_000;
/** Records of a partition that wait for their schema. */
const unreadMax = 500;

/** What is in hand. */
export interface Load {
  /** Records that are on their way: none that waits for a schema, or for its topic. */
  readonly onTheWay: number;
  readonly unread: Pick<UnresolvedRecords, 'count' | 'of'>;
  isPaused(topic: string): boolean;
}

/** A partition that brings too much waits, and one whose topic is paused; the others go on. */
export class FlowControl {
  subscription: Subscription | undefined;
  private readonly crowded = new Set<PartitionProgress>();

  constructor(
    private readonly load: Load,
    private readonly lookups: Pick<SchemaLookups, 'crowded'>,
  ) {}

  /** A record of it was taken over. */
  taken(of: PartitionProgress): void {
    if (this.load.isPaused(of.place.topic)) this.subscription?.pause(of.place);
    if (this.crowded.has(of)) return;
    const { onTheWay, unread } = this.load;
    const isTooMuch = onTheWay > inHandMax || of.window > windowMax;
    const isUnreadable = unread.count > unreadMax && unread.of(of) > unreadMax;
    if (!isTooMuch && !isUnreadable) return;
    if (isUnreadable) this.lookups.crowded(`${of.place.topic}/${of.place.partition}`);
    this.crowded.add(of);
    this.subscription?.pause(of.place);
  }

  /** Something is done. */
  goOn(): void {
    for (const of of this.crowded) {
      const { onTheWay, unread } = this.load;
      if (onTheWay > inHandMax / 2) return;
      if (of.window > windowMax / 2 || unread.of(of) > unreadMax / 2) continue;
      this.crowded.delete(of);
      if (!this.load.isPaused(of.place.topic)) this.subscription?.resume(of.place);
    }
  }

  /** Topics are paused: brokers forget it when partitions move. */
  pause(): void {
    for (const place of this.subscription?.assigned ?? [])
      if (this.load.isPaused(place.topic)) this.subscription?.pause(place);
  }

  resume(topic: string): void {
    for (const place of this.subscription?.assigned ?? [])
      if (place.topic === topic && !this.isCrowded(topic, place.partition)) this.subscription?.resume(place);
  }

  /** Whether it brings more than is done of it. */
  isCrowded(topic: string, partition: number): boolean {
    return [...this.crowded].some(({ place }) => place.topic === topic && place.partition === partition);
  }

  /** Partitions have moved: none waits any more. */
  clear(): void {
    this.crowded.clear();
  }
}
