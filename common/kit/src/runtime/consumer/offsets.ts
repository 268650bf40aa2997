import type { ConsumerRecord, TopicPartition, TopicPartitionOffset } from '../ports/broker';
import { Watermark, type WatermarkEntry } from '../relay/watermark';

/** A record that was taken over; its partition's position stays before it until it is done. */
export interface OffsetTicket {
  readonly of: PartitionProgress;
  readonly entry: WatermarkEntry<bigint>;
}

/** How far each partition is done: up to the first record that is not. */
export class Offsets {
  private readonly partitions = new Map<string, PartitionProgress>();

  /** In the order of the partition. */
  take({ topic, partition, offset }: ConsumerRecord): OffsetTicket {
    const key = `${topic}/${partition}`;
    let of = this.partitions.get(key);
    if (!of) this.partitions.set(key, (of = new PartitionProgress({ topic, partition })));
    return { of, entry: of.watermark.take(offset + 1n) };
  }

  /** Positions that have moved and are not known to be committed. */
  uncommitted(): TopicPartitionOffset[] {
    const moved = [...this.partitions.values()].filter(({ watermark, committed }) => watermark.done !== committed);
    return moved.map(({ place, watermark }) => ({ ...place, offset: watermark.done! }));
  }

  committed(positions: readonly TopicPartitionOffset[]): void {
    for (const { topic, partition, offset } of positions) {
      const of = this.partitions.get(`${topic}/${partition}`);
      if (of) of.committed = offset;
    }
  }

  clear(): void {
    this.partitions.clear();
  }
}

/** What a partition has handed over since the first record that is not done. */
export class PartitionProgress {
  committed: bigint | undefined;
  readonly watermark = new Watermark<bigint>();

  constructor(readonly place: TopicPartition) {}

  /** How many records that are. */
  get window(): number {
    return this.watermark.window;
  }

  finish({ entry }: OffsetTicket): void {
    this.watermark.finish(entry);
  }
}
