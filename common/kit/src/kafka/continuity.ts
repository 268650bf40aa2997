import type { TopicPartition } from '../runtime';

/** One answer of a broker for a partition. */
export interface Fetched extends TopicPartition {
  /** What was asked for. */
  readonly from: bigint;
  /** What to ask for next. */
  readonly next: bigint;
}

/**
 * Whether what kafkajs hands over goes on where the partition was left. When partitions move, an answer to a question
 * from before may still come in; taken at its word, it would carry the partition past everything that is to be handed
 * over again. So an answer that does not go on is turned away once: it is asked for again, from where the group stands,
 * and the second answer that begins there is believed (records may be gone by their retention).
 */
export class Continuity {
  private readonly next = new Map<string, bigint>();
  private readonly doubted = new Map<string, bigint>();
  private moved = false;

  goesOn({ topic, partition, from, next }: Fetched): boolean {
    const place = `${topic}/${partition}`;
    const expected = this.next.get(place);
    const believed = from === expected || from === this.doubted.get(place) || (expected === undefined && !this.moved);
    if (believed) {
      this.next.set(place, next);
      this.doubted.delete(place);
    } else {
      this.doubted.set(place, from);
    }
    return believed;
  }

  /** Partitions have moved. */
  move(): void {
    this.moved = true;
    this.next.clear();
    this.doubted.clear();
  }
}
