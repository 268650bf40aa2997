import { UnknownSchemaId } from '../codec';
import type { Incoming, Place, Subscription } from './broker';
import { Contents, type Content } from './contents';
import { Delivery, type Became, type Host } from './delivery';
import type { Engine } from './engine';
import type { Lane } from './lane';
import type { Listeners } from './listeners';
import { Offsets, type Progress, type Ticket } from './offsets';
import { ParkLog } from './park-log';
import { ReleasedLines } from './released-lines';
import { SchemaLookups } from './schema-lookups';
import type { SagaLedger } from './store';
import { Unread, type Taken } from './unread';

/** Records in hand; beyond this the partitions that bring more are asked to wait. */
const inHandMax = 20_000;
/** Records of a partition since the first that is not done: what is handed over again after a crash. */
const windowMax = 5_000;
/** Records of a partition that wait for their schema. */
const unreadMax = 500;

/** What is counted, by topic. */
export interface Counts {
  received(topic: string): void;
  ignored(topic: string): void;
  became(topic: string, what: 'handled' | 'parked'): void;
  retried(topic: string): void;
}

/**
 * Takes records over from the broker and returns at once; decodes them and hands them to the lane, in order; holds back the
 * lines that wait; knows up to where everything is done.
 */
export class Pump implements Host {
  private subscription: Subscription | undefined;
  private readonly lookups: SchemaLookups;
  private readonly unread: Unread;
  private readonly offsets = new Offsets();
  private readonly held = new Map<string, Delivery[]>();
  private generation = 0;
  private readonly paused = new Set<Progress>();
  readonly full = new Set<string>();
  private inHand = 0;
  private readonly contents: Contents;
  private readonly parkLog: ParkLog;
  readonly released: ReleasedLines;
  suspicious = false;
  parked = 0;

  constructor(
    readonly engine: Engine,
    private readonly lane: Lane,
    listeners: Listeners,
    private readonly counts: Counts,
    ledger: SagaLedger,
    private readonly options: { readonly parkedMax: number; readonly strict: boolean },
  ) {
    this.contents = new Contents(engine.codec, listeners, options.strict);
    this.parkLog = new ParkLog(engine.environment);
    this.released = new ReleasedLines(ledger, engine.environment.clock, this);
    this.lookups = new SchemaLookups(engine.codec, engine.environment, (id) => this.unread.settled(id));
    const missing = (record: Incoming) => {
      const content = this.contentOf(record);
      return content instanceof UnknownSchemaId ? content.schemaId : undefined;
    };
    this.unread = new Unread(this.lookups, (taken) => this.read(taken), missing);
  }

  get mayPark(): boolean {
    return this.parked < this.options.parkedMax;
  }

  /** Nothing is in hand but what waits for its next try. */
  get idle(): boolean {
    return this.inHand === this.waiting;
  }

  get waiting(): number {
    let waiting = this.unread.count;
    for (const deliveries of this.held.values()) waiting += deliveries.length;
    return waiting;
  }

  /** Why the registry does not answer, while something waits for it. */
  get outage(): string | undefined {
    return this.lookups.outage;
  }

  /** Lines in which so much is parked that the next message waits for a place. */
  get fullLines(): number {
    return this.full.size;
  }

  attach(subscription: Subscription): void {
    this.subscription = subscription;
  }

  receive(records: readonly Incoming[]): void {
    this.inHand += records.length;
    for (const record of records) {
      const ticket = this.offsets.take(record);
      this.counts.received(record.topic);
      this.unread.take({ record, ticket });
      this.regulate(ticket.of);
    }
  }

  /** Whatever is not committed comes again: forget it. */
  reassigned(): void {
    this.generation++;
    this.unread.clear();
    this.offsets.clear();
    this.held.clear();
    this.full.clear();
    this.paused.clear();
    this.released.clear();
    this.inHand = 0;
  }

  /** Tells the broker up to where everything is done. What it does not take is told again. */
  async commit(): Promise<void> {
    const { generation } = this;
    const moved = this.offsets.uncommitted();
    if (moved.length === 0) return;
    await this.subscription?.commit(moved);
    if (generation === this.generation) this.offsets.committed(moved);
  }

  isReady(delivery: Delivery): boolean {
    if (delivery.generation !== this.generation) return false;
    return !this.held.has(delivery.line) || (!delivery.ticket && this.full.has(delivery.line));
  }

  wait(delivery: Delivery, waitMs: number, full: boolean): void {
    if (delivery.generation !== this.generation) return;
    this.held.set(delivery.line, [delivery]);
    if (full) this.full.add(delivery.line);
    else this.full.delete(delivery.line);
    const { clock } = this.engine.environment;
    const goOn = () => this.release(delivery);
    if (waitMs === 0) return queueMicrotask(goOn); // once those behind it are held, before the lane takes up anything else
    this.counts.retried(delivery.topic);
    clock.after(waitMs, goOn);
  }

  behind(delivery: Delivery): void {
    if (delivery.generation !== this.generation) return;
    // What waits for a place waits for these: they are taken up again without it.
    if (!delivery.ticket && this.full.has(delivery.line)) this.end(delivery);
    else this.held.get(delivery.line)?.push(delivery);
  }

  done(delivery: Delivery, became: Exclude<Became, { now: 'waiting' }>): void {
    if (became.now !== 'left') this.counts.became(delivery.topic, became.now);
    if (became.now === 'parked') {
      this.parked++;
      this.parkLog.say(delivery.record, became);
    }
    if (delivery.generation !== this.generation) return;
    const isPageDone = this.end(delivery);
    if (isPageDone || (became.now === 'handled' && became.releases)) this.lookForReleased();
  }

  /** True for the last one that was on its way of those that are parked in its line. */
  private end({ ticket, line }: Delivery): boolean {
    if (!ticket) {
      this.inHand--;
      return this.released.ended(line);
    }
    this.full.delete(line);
    this.finish(ticket);
    return false;
  }

  get assigned(): readonly Place[] {
    return this.subscription?.assigned ?? [];
  }

  contentOf(record: Incoming): Content | UnknownSchemaId | undefined {
    return this.contents.of(record);
  }

  replay(record: Incoming, content: Content): void {
    this.inHand++;
    this.lane.submit(new Delivery(this, record, content, undefined, this.generation));
  }

  learn(schemaId: number): void {
    this.lookups.want(schemaId, 'parked');
  }

  private lookForReleased(): void {
    this.released.look().catch(() => {}); // it is looked for regularly
  }

  private release(head: Delivery): void {
    const deliveries = this.held.get(head.line);
    if (deliveries?.[0] !== head) return;
    this.held.delete(head.line);
    for (const delivery of deliveries.reverse()) this.lane.submitFirst(delivery); // later ones may be in the queue already
  }

  private finish(ticket: Ticket): void {
    ticket.of.finish(ticket);
    this.inHand--;
    if (this.paused.size > 0) this.goOn();
  }

  /** A partition that brings too much waits; the others go on. What waits for its schema does not count for them. */
  private regulate(of: Progress): void {
    if (this.paused.has(of)) return;
    const { count } = this.unread;
    const isTooMuch = this.inHand - count > inHandMax || of.window > windowMax;
    const isUnreadable = count > unreadMax && this.unread.of(of) > unreadMax;
    if (!isTooMuch && !isUnreadable) return;
    if (isUnreadable) this.lookups.crowded(`${of.place.topic}/${of.place.partition}`);
    this.paused.add(of);
    this.subscription?.pause(of.place);
  }

  private goOn(): void {
    for (const of of this.paused) {
      if (this.inHand - this.unread.count > inHandMax / 2) return;
      if (of.window > windowMax / 2 || this.unread.of(of) > unreadMax / 2) continue;
      this.paused.delete(of);
      this.subscription?.resume(of.place);
    }
  }

  /** The schema that is missing for it; `undefined` when it is in the lane, or nobody here has anything to do with it. */
  private read({ record, ticket }: Taken): number | undefined {
    const content = this.contentOf(record);
    if (content instanceof UnknownSchemaId) return content.schemaId;
    if (content) this.lane.submit(new Delivery(this, record, content, ticket, this.generation));
    else this.ignore(record, ticket);
    return undefined;
  }

  private ignore({ topic }: Incoming, ticket: Ticket): void {
    this.counts.ignored(topic);
    this.finish(ticket);
  }
}
