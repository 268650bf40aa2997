import { backOffMs } from './back-off';
import type { Outgoing, Trouble } from './broker';
import type { Environment } from './environment';
import type { Publisher } from './publisher';
import type { OutboxRow, RefusedRecords } from './store';

const pauses = { firstMs: 5_000, mostMs: 300_000 };
const linesMax = 100;
const pageMax = 100;

/** Order is kept among records of one topic and key. */
export const lineOf = ({ topic, key }: Pick<Outgoing, 'topic' | 'key'>): string => `${topic}|${key}`;

/** A row that leaves the outbox without having been sent. */
interface Leaving extends OutboxRow {
  readonly lane: number;
  readonly line: string;
}

/**
 * What the broker refuses: out of the outbox, so that it holds up nobody but those of its own topic and key, which follow
 * it in order. The first one of each is sent again, less and less often, until the broker takes it; then the others are.
 */
export class SetAside {
  private readonly reasons = new Map<string, string>();
  private blocked = new Set<string>();
  /** Blocked since the last look at what is stored. */
  private readonly fresh = new Set<string>();
  private failing = false;
  /** By topic: how many keys are blocked, and what was said last. */
  private counts = new Map<string, number>();
  private readonly saidLast = new Map<string, string>();

  constructor(
    private readonly records: RefusedRecords,
    private readonly environment: Environment,
  ) {}

  /** Whether anything is to be set aside, or may be: what follows of a blocked line. */
  get any(): boolean {
    return this.blocked.size > 0;
  }

  get troubles(): readonly Trouble[] {
    return [...this.counts].map(([topic, keys]) => {
      const said = this.saidLast.get(topic);
      const what = `messages of ${keys} ${keys === 1 ? 'key' : 'keys'} are refused by the broker, or wait behind such`;
      return { topic, reason: said === undefined ? what : `${what}: ${said}` };
    });
  }

  isBlocked(line: string): boolean {
    return this.blocked.has(line);
  }

  /** Loads what is blocked. To be called before anything is sent, and again: other instances set aside as well. */
  async look(): Promise<void> {
    this.fresh.clear();
    const stored = await this.records.lines();
    this.blocked = new Set([...stored.map(lineOf), ...this.fresh, ...this.reasons.keys()]);
    this.counts = new Map();
    for (const { topic } of stored) this.counts.set(topic, (this.counts.get(topic) ?? 0) + 1);
  }

  refuse({ line, topic, key }: Pick<Leaving, 'line' | 'topic' | 'key'>, reason: string): void {
    if (this.blocked.has(line)) return; // it follows one that was
    this.environment.log.error(
      { topic, key, error: reason },
      'the broker refuses a message: it is set aside with those behind it of its key, and sent again from time to time. Mend what it says',
    );
    this.reasons.set(line, reason);
    this.saidLast.set(topic, reason);
    this.block(line);
  }

  /** Stores these, in their order, and takes them out of the outbox. False when that did not work: do it again. */
  async keep(items: readonly Leaving[]): Promise<boolean> {
    const first = new Set<string>();
    const rows = items.map((item) => {
      const reason = first.has(item.line) ? undefined : this.reasons.get(item.line);
      first.add(item.line);
      return { ...item, reason: reason ?? 'it is behind one that was refused' };
    });
    try {
      await this.records.add(rows, this.dueAfter(1));
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.environment.log.error({ error: String(error) }, 'could not set refused messages aside');
      this.failing = true;
      return false;
    }
    for (const line of first) {
      this.reasons.delete(line);
      this.block(line);
    }
    return true;
  }

  /** Sends again what is due, each line in order up to the first that is refused once more. */
  async sendAgain(publisher: Pick<Publisher, 'once'>): Promise<void> {
    for (const line of await this.records.due(this.environment.clock.now(), linesMax)) {
      let isTaken = true;
      while (isTaken) isTaken = await this.sendLine(line, publisher);
    }
    await this.look();
  }

  /** True when a page of it was taken, and there may be more. */
  private async sendLine(line: Pick<Outgoing, 'topic' | 'key'>, publisher: Pick<Publisher, 'once'>): Promise<boolean> {
    const rows = await this.records.of(line, pageMax);
    if (rows.length === 0) return false;
    const outcomes = await publisher.once(rows);
    const stop = outcomes.findIndex(({ became }) => became !== 'durable');
    const taken = stop < 0 ? rows : rows.slice(0, stop);
    await this.records.remove(taken.map(({ id }) => id));
    if (taken.length > 0)
      this.environment.log.info({ ...line, count: taken.length }, 'refused messages were sent after all');
    const [next, outcome] = [rows[stop], outcomes[stop]];
    if (!next || !outcome || outcome.became === 'durable') return true;
    const tries = next.attempts + 1;
    this.saidLast.set(line.topic, outcome.reason);
    await this.records.postpone(next.id, outcome.reason, this.dueAfter(tries));
    return false;
  }

  private block(line: string): void {
    this.blocked.add(line);
    this.fresh.add(line);
  }

  private dueAfter(tries: number): Date {
    const { environment } = this;
    return new Date(environment.clock.now().getTime() + backOffMs(tries, pauses, environment.random()));
  }
}
