import type { Incoming } from './broker';
import type { Progress, Ticket } from './offsets';
import type { SchemaLookups } from './schema-lookups';

/** A record that was taken over. */
export interface Taken {
  readonly record: Incoming;
  readonly ticket: Ticket;
}

/** Records whose schema is looked for, and those of their topic and key that came after them: these wait with them, nobody else. */
export class Unread {
  private readonly lines = new Map<string, Taken[]>();
  /** Which lines wait for a schema. */
  private readonly waiting = new Map<number, string[]>();
  private readonly counts = new Map<Progress, number>();
  count = 0;

  constructor(
    private readonly lookups: Pick<SchemaLookups, 'want' | 'clear'>,
    /** Reads a record, unless the schema is missing whose id it returns. */
    private readonly read: (taken: Taken) => number | undefined,
    /** The schema that is missing for a record. */
    private readonly missing: (record: Incoming) => number | undefined,
  ) {}

  take(taken: Taken): void {
    if (this.lines.size > 0) {
      const before = this.lines.get(lineOf(taken.record));
      if (before) return this.behind(before, taken);
    }
    const missing = this.read(taken);
    if (missing === undefined) return;
    const line = lineOf(taken.record);
    const own: Taken[] = [];
    this.lines.set(line, own);
    this.keep(own, taken);
    this.await(missing, line, taken);
  }

  /** How many of a partition. */
  of(progress: Progress): number {
    return this.counts.get(progress) ?? 0;
  }

  /** What waits for this schema is read, and what is behind it, up to what waits for another one. */
  settled(schemaId: number): void {
    const lines = this.waiting.get(schemaId) ?? [];
    this.waiting.delete(schemaId);
    for (const line of lines) this.goOn(line);
  }

  clear(): void {
    this.lookups.clear();
    this.lines.clear();
    this.waiting.clear();
    this.counts.clear();
    this.count = 0;
  }

  private goOn(line: string): void {
    const records = this.lines.get(line) ?? [];
    for (const [index, taken] of records.entries()) {
      this.leave(taken); // before it is read: whoever is finished then looks at the counts
      const missing = this.read(taken);
      if (missing === undefined) continue;
      this.lines.set(line, records.slice(index));
      this.enter(taken);
      return this.await(missing, line, taken);
    }
    this.lines.delete(line);
  }

  private await(schemaId: number, line: string, { record }: Taken): void {
    const lines = this.waiting.get(schemaId);
    if (lines) lines.push(line);
    else this.waiting.set(schemaId, [line]);
    this.lookups.want(schemaId, `${record.topic}/${record.partition}`);
  }

  /** What it needs itself is looked for at once: of a line of unknown ids, each has its own budget, and all at the same time. */
  private behind(line: Taken[], taken: Taken): void {
    this.keep(line, taken);
    const { record } = taken;
    const missing = this.missing(record);
    if (missing !== undefined) this.lookups.want(missing, `${record.topic}/${record.partition}`);
  }

  private keep(line: Taken[], taken: Taken): void {
    line.push(taken);
    this.enter(taken);
  }

  private enter({ ticket }: Taken): void {
    this.count++;
    this.counts.set(ticket.of, this.of(ticket.of) + 1);
  }

  private leave({ ticket }: Taken): void {
    this.count--;
    const left = this.of(ticket.of) - 1;
    if (left > 0) this.counts.set(ticket.of, left);
    else this.counts.delete(ticket.of);
  }
}

/** A record without a key is a line of its own. */
const lineOf = ({ topic, partition, offset, key }: Incoming): string =>
  key === null ? `${topic}@${partition}/${offset}` : `${topic}|${key.toString('latin1')}`;
