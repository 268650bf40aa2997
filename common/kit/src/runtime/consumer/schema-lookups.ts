import type { Codec } from '../../codec';
import { defaultBudgetMs } from '../../contract';
import { backOffMs } from '../ports/back-off';
import type { Environment } from '../ports/environment';

const atOnceMax = 8;
const perSecondMax = 500;
const pauses = { firstMs: 100, mostMs: 5_000 };
/** An id that the registry does not know may be registered this moment, elsewhere; so long that is waited for. */
const budgetMs = defaultBudgetMs;
/** With more unknown ids than this on one partition, they are garbage: each gets the one question, and no budget, for a while. */
const patientMax = 20;
const crowdedMax = 2;
const floodMs = 60_000;

interface Lookup {
  readonly id: number;
  readonly partition: string;
  tries: number;
  spentMs: number;
}

/**
 * Asks the registry for schemas that were met in records: several at once, so many a second, the partitions in turn, so
 * that garbage on one of them keeps only that one waiting. What the registry does not answer for one id, while it answers
 * for others, is that id's own affair: it is asked again within its budget, then given up with what the registry said. Who
 * is to blame is found out by asking for a schema that the registry has. While it has no answer to that either it is away:
 * then nobody's budget is used.
 */
export class SchemaLookups {
  private readonly lookups = new Map<number, Lookup>();
  /** Ids to be asked for, by partition. */
  private readonly queues = new Map<string, number[]>();
  /** How many ids are looked for, by partition. */
  private readonly counts = new Map<string, number>();
  private readonly flooded = new Set<string>();
  private underWay = 0;
  private asked = 0;
  private away: { reason: string; tries: number } | undefined;

  constructor(
    private readonly codec: Codec,
    private readonly environment: Environment,
    /** Whatever was written with it can be decoded by now, or is undecodable. */
    private readonly settled: (schemaId: number) => void,
  ) {}

  /** Why the registry does not answer at all. */
  get outage(): string | undefined {
    return this.away?.reason;
  }

  want(id: number, partition: string): void {
    if (this.lookups.has(id)) return;
    const lookup = { id, partition, tries: 0, spentMs: 0 };
    this.lookups.set(id, lookup);
    const count = (this.counts.get(partition) ?? 0) + 1;
    this.counts.set(partition, count);
    if (count > patientMax && !this.flooded.has(partition)) this.flood(partition);
    this.enqueue(lookup);
  }

  /**
   * So many records of a partition wait that the others on it would have to wait too. For one or two new schemas, of a
   * release whose registry is slow, they do; several unknown ids are garbage, for which nobody is kept waiting.
   */
  crowded(partition: string): void {
    if ((this.counts.get(partition) ?? 0) > crowdedMax && !this.flooded.has(partition)) this.flood(partition);
  }

  /** Nobody waits for any of them any more. */
  clear(): void {
    this.lookups.clear();
    this.queues.clear();
    this.counts.clear();
  }

  private enqueue(lookup: Lookup): void {
    const { id, partition } = lookup;
    if (this.lookups.get(id) !== lookup) return;
    const queue = this.queues.get(partition);
    if (queue) queue.push(id);
    else this.queues.set(partition, [id]);
    this.askMore();
  }

  private askMore(): void {
    while (!this.away && this.underWay < atOnceMax && this.asked < perSecondMax) {
      const lookup = this.next();
      if (!lookup) return;
      if (this.asked++ === 0) this.after(1_000, () => this.nextSecond());
      this.underWay++;
      void this.ask(lookup).finally(() => {
        this.underWay--;
        this.askMore();
      });
    }
  }

  private nextSecond(): void {
    this.asked = 0;
    this.askMore();
  }

  /** Of the partition whose turn it is. */
  private next(): Lookup | undefined {
    for (const [partition, queue] of this.queues) {
      const lookup = this.lookups.get(queue.shift()!);
      this.queues.delete(partition);
      if (queue.length > 0) this.queues.set(partition, queue); // behind the others
      if (lookup) return lookup;
    }
    return undefined;
  }

  private async ask(lookup: Lookup): Promise<void> {
    const { id } = lookup;
    let fault = `the registry knows no schema ${id}`;
    try {
      if (await this.codec.learn(id)) return this.end(lookup);
    } catch (error) {
      fault = (error as Error).message;
      if (!(await this.isThere(fault))) return this.enqueue(lookup);
    }
    const waitMs = backOffMs(++lookup.tries, pauses, this.environment.random());
    lookup.spentMs += waitMs;
    if (lookup.spentMs <= budgetMs && !this.flooded.has(lookup.partition))
      return this.after(waitMs, () => this.enqueue(lookup));
    this.codec.giveUp(id, fault);
    this.end(lookup);
  }

  private flood(partition: string): void {
    this.flooded.add(partition);
    this.environment.log.warn(
      { partition },
      'many unknown schema ids at once: they are not waited for on this partition',
    );
    this.after(floodMs, () => void this.flooded.delete(partition));
  }

  private end(lookup: Lookup): void {
    const { id, partition } = lookup;
    if (this.lookups.get(id) !== lookup) return;
    this.lookups.delete(id);
    const count = (this.counts.get(partition) ?? 0) - 1;
    if (count > 0) this.counts.set(partition, count);
    else this.counts.delete(partition);
    this.settled(id);
  }

  /** Whether the registry is there at all; if not, finds out when it is. */
  private async isThere(fault: string): Promise<boolean> {
    if (this.away) return false;
    try {
      await this.codec.probe();
      return true;
    } catch {
      if (this.away) return false;
      this.environment.log.error({ error: fault }, 'the schema registry does not answer; waiting for it');
      this.away = { reason: fault, tries: 0 };
      this.findOutLater(this.away);
      return false;
    }
  }

  private findOutLater(away: { reason: string; tries: number }): void {
    this.after(backOffMs(++away.tries, pauses, this.environment.random()), () => void this.findOut(away));
  }

  private async findOut(away: { reason: string; tries: number }): Promise<void> {
    try {
      await this.codec.probe();
    } catch (error) {
      away.reason = (error as Error).message;
      return this.findOutLater(away);
    }
    this.away = undefined;
    this.environment.log.info({}, 'the schema registry answers again');
    this.askMore();
  }

  private after(delayMs: number, call: () => void): void {
    this.environment.clock.after(delayMs, call);
  }
}
