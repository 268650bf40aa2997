import type { Incoming, Place, Position } from './broker';
import { Watermark, type Mark } from './watermark';

/** A record that was taken over; its partition's position stays before it until it is done. */
export interface Ticket {
  readonly of: Progress;
  readonly mark: Mark<bigint>;
}

/** How far each partition is done: up to the first record that is not. */
export class Offsets {
  private readonly partitions = new Map<string, Progress>();

  /** In the order of the partition. */
  take({ topic, partition, offset }: Incoming): Ticket {
    const key = `${topic}/${partition}`;
    let of = this.partitions.get(key);
    if (!of) this.partitions.set(key, (of = new Progress({ topic, partition })));
    return { of, mark: of.marks.take(offset + 1n) };
  }

  /** Positions that have moved and are not known to be committed. */
  uncommitted(): Position[] {
    const moved = [...this.partitions.values()].filter(({ marks, committed }) => marks.done !== committed);
    return moved.map(({ place, marks }) => ({ ...place, offset: marks.done! }));
  }

  committed(positions: readonly Position[]): void {
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
export class Progress {
  committed: bigint | undefined;
  readonly marks = new Watermark<bigint>();

  constructor(readonly place: Place) {}

  /** How many records that are. */
  get window(): number {
    return this.marks.window;
  }

  finish({ mark }: Ticket): void {
    this.marks.finish(mark);
  }
}
