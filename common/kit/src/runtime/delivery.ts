import { defaultBudgetMs, isCommand } from '../contract';
import { Unprocessable } from '../unprocessable';
import { backOffMs } from './back-off';
import type { Batch } from './batch';
import type { Incoming } from './broker';
import type { Content } from './contents';
import { doIdOf, undoSuffix } from './dispatch';
import { Desk, type Engine } from './engine';
import { inboxTable, lineTable, type LineRow, type ParkReason } from './kit-tables';
import type { Job, Outcome } from './lane';
import type { Ticket } from './offsets';
import { NewerDefinition } from './orchestrate';
import { keepLine, park, parkedMax, standingOf, unpark } from './parking';
import { DatabaseFault } from './store';
import type { Scope } from './scope';

/** Who took the record over, and what a delivery has to know of it. */
export interface Host {
  readonly engine: Engine;
  /** The last life of this instance ended in the middle of something, perhaps because of one of the next messages. */
  readonly suspicious: boolean;
  /** Whether more messages may be parked. */
  readonly mayPark: boolean;
  isReady(delivery: Delivery): boolean;
  /** `full`: there is no room to park it. */
  wait(delivery: Delivery, waitMs: number, full: boolean): void;
  behind(delivery: Delivery): void;
  done(delivery: Delivery, became: Exclude<Became, { now: 'waiting' }>): void;
}

const retries = { firstMs: 100, mostMs: 5_000 };
const fullMs = 5_000;
const newerMs = 1_000;
const barredMs = 10_000;
/** What it costs a message to be met again after its process has died of something: three deaths use up the default budget. */
const deathMs = 10_001;

/** What it waits for. */
type Next = 'another try' | 'counted try' | 'alone' | 'barred' | 'a place';

/** What a transaction will have made of a delivery, once it is committed. */
export type Became =
  /** `releases`: what is parked behind it has to be handled now. */
  | { readonly now: 'handled'; readonly releases: boolean }
  | { readonly now: 'parked'; readonly reason: ParkReason; readonly error: string; readonly attempts: number }
  /** It stays parked. */
  | { readonly now: 'left' }
  | { readonly now: 'waiting'; readonly waitMs: number; readonly next: Next };

/**
 * A record on its way through a transaction. What goes wrong with it is its own affair: it is tried again, later and later,
 * while its line waits; it is parked when its budget is used up, or at once when no further try can help. One that comes
 * again after it was parked begins anew.
 */
export class Delivery implements Job {
  readonly line: string;
  readonly topic: string;
  readonly bytes: number;
  alone = false;
  private readonly id: string | undefined;
  /** The next try is counted in the database already: it comes before anything else. */
  counted = false;
  private triedHere = false;
  private became: Became = handled;

  constructor(
    private readonly host: Host,
    readonly record: Incoming,
    private readonly content: Content,
    /** Without one, it does not come from the broker: it was parked, and its turn has come. */
    readonly ticket: Ticket | undefined,
    readonly generation: number,
  ) {
    const { topic, partition, offset, key, value } = record;
    this.id = 'decoded' in content ? content.decoded.envelope.id : undefined;
    this.line = this.id === undefined ? `${topic}@${partition}/${offset}` : `${topic}|${key}`;
    this.bytes = 2 * (value?.length ?? 0) + 500;
    this.topic = topic;
  }

  ready(): boolean {
    return this.host.isReady(this);
  }

  async run(batch: Batch): Promise<Outcome> {
    const attempt = (scope: Scope) => this.attempt(new Desk(this.host.engine, scope, this.id ?? this.line));
    try {
      return this.outcome(await batch.attempt(attempt));
    } catch (error) {
      // A handler that throws at a message that comes again has not got as far as the claim.
      if (await this.isKnown(batch)) return this.outcome(await batch.attempt(attempt, true));
      return this.fail(batch, error);
    }
  }

  async fail(batch: Batch, error: unknown): Promise<Outcome> {
    if (error instanceof NewerDefinition) return this.outcome(waiting(newerMs));
    if (error instanceof DatabaseFault && error.kind === 'conflict') return this.outcome(barred);
    if (this.id === undefined) return this.outcome(waiting(fullMs));
    return this.outcome(
      await batch.attempt((scope) => this.failed(new Desk(this.host.engine, scope, this.id!), error)),
    );
  }

  committed(): void {
    const { became } = this;
    if (became.now !== 'waiting') return this.host.done(this, became);
    const { waitMs, next } = became;
    this.counted = next === 'counted try';
    this.triedHere ||= next !== 'counted try' && next !== 'alone';
    this.alone ||= next === 'alone' || next === 'barred';
    this.host.wait(this, waitMs, next === 'a place');
  }

  deferred(): void {
    this.host.behind(this);
  }

  dropped(): void {} // it is handed over again

  private async isKnown(batch: Batch): Promise<boolean> {
    const { id } = this;
    return id !== undefined && (await batch.attempt((scope) => scope.rows(inboxTable).get(id))) !== undefined;
  }

  private outcome(became: Became): Outcome {
    this.became = became;
    return became.now === 'waiting' ? 'halt' : 'go';
  }

  private async attempt(desk: Desk): Promise<Became> {
    if ('undecodable' in this.content)
      return this.park(desk, undefined, this.content.undecodable.reason, this.content.undecodable.message);
    const id = this.id!;
    const line = await desk.scope.rows(lineTable).get(this.line);
    const isReplay = this.ticket === undefined;
    if (!this.counted && (line?.head === id || this.host.suspicious)) return this.count(desk);
    const doId = id.endsWith(undoSuffix) ? doIdOf(id) : undefined;
    const standing =
      line && line.parked > 0 ? await standingOf(desk, line, { ...this.record, id, doId, isReplay }) : undefined;
    if (isReplay && standing !== 'again') return left; // somebody has seen to it, or one before it was parked once more
    if (standing === 'behind') return this.park(desk, line, 'behind', 'an earlier message of its line is parked');
    await this.content.handle(desk);
    return this.settle(desk, standing === 'again');
  }

  /** It was handled: its line has nothing against it any more. */
  private async settle(desk: Desk, wasParked: boolean): Promise<Became> {
    const line = await desk.scope.rows(lineTable).get(this.line);
    if (!line) return handled;
    const rested = line.head === this.id ? { ...line, head: null, attempts: 0, spentMs: 0 } : line;
    if (wasParked) unpark(desk, rested, this.topic, this.id!);
    else if (rested !== line) keepLine(desk, rested);
    return wasParked && rested.parked > 1 ? { now: 'handled', releases: true } : handled;
  }

  private async failed(desk: Desk, error: unknown): Promise<Became> {
    const head = await this.asHead(desk);
    const line = { ...head, attempts: head.attempts + (this.counted ? 0 : 1) };
    if (error instanceof Unprocessable) return this.park(desk, line, 'unprocessable', error.message);
    const waitMs = backOffMs(line.attempts, retries, this.host.engine.environment.random());
    const spentMs = line.spentMs + waitMs;
    if (spentMs > this.budgetMs()) return this.park(desk, line, 'exhausted', textOf(error));
    keepLine(desk, { ...line, spentMs });
    return waiting(waitMs);
  }

  /**
   * Counts a try before it is made, in a transaction of its own, so that a message that kills its process is counted too.
   * One that was counted before its process died is suspected of having killed it: it is counted and tried all alone, so
   * that only the culprit is charged.
   */
  private async count(desk: Desk): Promise<Became> {
    const line = await this.asHead(desk);
    const suspected = line.attempts > 0 && this.host.suspicious && !this.triedHere;
    if (suspected && !this.alone) return { now: 'waiting', waitMs: 0, next: 'alone' };
    const spentMs = line.spentMs + (suspected ? deathMs : 0);
    if (spentMs > this.budgetMs())
      return this.park(desk, line, 'exhausted', 'its process has died each time it was handled');
    keepLine(desk, { ...line, attempts: line.attempts + 1, spentMs });
    return { now: 'waiting', waitMs: 0, next: 'counted try' };
  }

  private async park(desk: Desk, line: LineRow | undefined, reason: ParkReason, error: string): Promise<Became> {
    const { record, id } = this;
    const attempts = Math.max((line?.head === id && line?.attempts) || 0, 1);
    const mayAdd = this.host.mayPark && (line?.parked ?? 0) < parkedMax.line;
    const isParked = await park(desk, { record, id, line, reason, error, attempts, mayAdd });
    return isParked ? { now: 'parked', reason, error, attempts } : full;
  }

  /** The row of this line, with this message as its head; `attempts` are those that have been counted. */
  private async asHead(desk: Desk): Promise<LineRow> {
    const known = await desk.scope.rows(lineTable).get(this.line);
    if (known?.head === this.id) return known!;
    const { parked = 0, released = false } = known ?? {};
    return { id: this.line, head: this.id!, attempts: 0, spentMs: 0, parked, released };
  }

  private budgetMs(): number {
    const contract = 'decoded' in this.content ? this.content.decoded.contract : undefined;
    return contract && isCommand(contract) ? contract.budgetMs : defaultBudgetMs;
  }
}

const handled: Became = { now: 'handled', releases: false };
const left: Became = { now: 'left' };
const waiting = (waitMs: number): Became => ({ now: 'waiting', waitMs, next: 'another try' });
/** Others hold a row that it needs. It has done nothing wrong, and uses no budget; alone, it holds up nobody else. */
const barred: Became = { now: 'waiting', waitMs: barredMs, next: 'barred' };
const full: Became = { now: 'waiting', waitMs: fullMs, next: 'a place' };
const textOf = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));
