import type { Incoming, Place, Position } from './broker';

/** A record that was taken over; its partition's position stays before it until it is done. */
export interface Ticket {
  readonly of: Progress;
  readonly next: bigint;
  done: boolean;
}

/** How far each partition is done: up to the first record that is not. */
export class Offsets {
  private readonly partitions = new Map<string, Progress>();

  /** In the order of the partition. */
  take({ topic, partition, offset }: Incoming): Ticket {
    const key = `${topic}/${partition}`;
    let of = this.partitions.get(key);
    if (!of) this.partitions.set(key, (of = new Progress({ topic, partition })));
    const ticket = { of, next: offset + 1n, done: false };
    of.take(ticket);
    return ticket;
  }

  /** Positions that have moved and are not known to be committed. */
  uncommitted(): Position[] {
    const moved = [...this.partitions.values()].filter(({ done, committed }) => done !== committed);
    return moved.map(({ place, done }) => ({ ...place, offset: done! }));
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

/** Finished tickets are forgotten in lots: to take them from the head of a list one by one costs more. */
const lot = 500;

/** What a partition has handed over since the first record that is not done. */
export class Progress {
  done: bigint | undefined;
  committed: bigint | undefined;
  private readonly tickets: Ticket[] = [];
  private first = 0;

  constructor(readonly place: Place) {}

  /** How many records that are. */
  get window(): number {
    return this.tickets.length - this.first;
  }

  take(ticket: Ticket): void {
    this.tickets.push(ticket);
  }

  finish(ticket: Ticket): void {
    ticket.done = true;
    while (this.tickets[this.first]?.done) this.done = this.tickets[this.first++]!.next;
    if (this.first < lot && this.window > 0) return;
    this.tickets.splice(0, this.first);
    this.first = 0;
  }
}
