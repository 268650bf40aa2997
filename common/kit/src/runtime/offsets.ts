import type { Incoming, Position } from './broker';

/** A record that was taken over; its partition's position stays before it until it is done. */
export interface Ticket {
  done: boolean;
}

/** How far each partition is done: up to the first record that is not. */
export class Offsets {
  private readonly partitions = new Map<string, { readonly open: (Ticket & { readonly next: Position })[] }>();

  /** In the order of the partition. */
  take({ topic, partition, offset }: Incoming): Ticket {
    const key = `${topic}/${partition}`;
    let state = this.partitions.get(key);
    if (!state) this.partitions.set(key, (state = { open: [] }));
    const ticket = { done: false, next: { topic, partition, offset: offset + 1n } };
    state.open.push(ticket);
    return ticket;
  }

  /** Positions that have moved since this was last asked. */
  moved(): Position[] {
    const moved: Position[] = [];
    for (const { open } of this.partitions.values()) {
      const first = open.findIndex(({ done }) => !done);
      const finished = open.splice(0, first < 0 ? open.length : first).at(-1);
      if (finished) moved.push(finished.next);
    }
    return moved;
  }

  clear(): void {
    this.partitions.clear();
  }
}
