import { UnknownSchemaId } from '../codec';
import type { Clock } from '../ports';
import type { Incoming, Place } from './broker';
import type { Content } from './contents';
import { recordOf } from './parking';
import type { SagaLedger } from './store';

const linesMax = 1_000;
const pageMax = 100;
/** After which the head of a line that is full is tried again. */
const fullEveryMs = 60_000;

/** What takes over the records of a line, in order, and handles them. */
export interface Replaying {
  /** The partitions that are ours. */
  readonly assigned: readonly Place[];
  /** Lines in which there is no place for the next message: also for their own head, should it come again. */
  readonly full: ReadonlySet<string>;
  contentOf(record: Incoming): Content | UnknownSchemaId | undefined;
  replay(record: Incoming, content: Content): void;
  learn(schemaId: number): void;
}

/**
 * Has what is parked in a line handled, in order, once the message that blocked it was. Whoever has the line's partition
 * does it; one that fails again is parked again, and the rest stays behind it. What blocks a line that is full is tried
 * from time to time, since nothing can come to it any more.
 */
export class ReleasedLines {
  /** How many of a line are on their way. */
  private readonly underWay = new Map<string, number>();
  /** Full lines that were tried a moment ago. */
  private readonly resting = new Set<string>();

  constructor(
    private readonly ledger: SagaLedger,
    private readonly clock: Clock,
    private readonly to: Replaying,
  ) {}

  get idle(): boolean {
    return this.underWay.size === 0;
  }

  async look(): Promise<void> {
    const ours = new Set(this.to.assigned.map(({ topic, partition }) => `${topic}/${partition}`));
    for (const line of await this.ledger.releasedLines(linesMax)) await this.take(line, pageMax, ours);
    for (const line of this.to.full) {
      if (this.resting.has(line)) continue;
      this.resting.add(line);
      this.clock.after(fullEveryMs, () => void this.resting.delete(line));
      await this.take(line, 1, ours);
    }
  }

  /** One of a line is done. True when all that were on their way are. */
  ended(line: string): boolean {
    const left = (this.underWay.get(line) ?? 0) - 1;
    if (left > 0) this.underWay.set(line, left);
    else this.underWay.delete(line);
    return left <= 0;
  }

  /** Partitions have moved. */
  clear(): void {
    this.underWay.clear();
  }

  private async take(line: string, countMax: number, ours: ReadonlySet<string>): Promise<void> {
    if (this.underWay.has(line)) return;
    const rows = await this.ledger.parkedIn(line, countMax);
    const [first] = rows;
    if (!first || !ours.has(`${first.topic}/${first.recordPartition}`) || this.underWay.has(line)) return;
    for (const row of rows) if (!this.replay(line, recordOf(row))) return;
  }

  /** False where its schema has to be looked for first. */
  private replay(line: string, record: Incoming): boolean {
    const content = this.to.contentOf(record);
    if (content instanceof UnknownSchemaId) {
      this.to.learn(content.schemaId);
      return false;
    }
    if (!content) return true;
    this.underWay.set(line, (this.underWay.get(line) ?? 0) + 1);
    this.to.replay(record, content);
    return true;
  }
}
