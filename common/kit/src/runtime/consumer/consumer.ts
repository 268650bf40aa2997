import { UnknownSchemaId } from '../../codec';
import type { ConsumerRecord, TopicPartition, Subscription } from '../ports/broker';
import { MessageReader, type ReadMessage } from './message-reader';
import { Delivery } from './delivery';
import type { DeliveryHost } from './delivery-host';
import type { DeliveryResult } from './delivery-result';
import type { SagaRuntime } from '../saga/orchestrate';
import type { TransactionQueue } from '../transaction/transaction-queue';
import type { MessageRouting } from './message-routing';
import { FlowControl, type Load } from './flow-control';
import { heldBack, type Waiting } from './held-back';
import { Offsets, type OffsetTicket } from './offsets';
import { ParkLog } from './park-log';
import { PausedTopics } from './paused-topics';
import { ReleasedKeys } from './released-keys';
import { SchemaLookups } from './schema-lookups';
import type { SagaStore } from '../ports/store';
import { UnresolvedRecords, type TakenRecord } from './unresolved-records';

/** What is counted, by topic. */
export interface Counts {
  received(topic: string): void;
  ignored(topic: string): void;
  result(topic: string, what: 'handled' | 'parked'): void;
  retried(topic: string): void;
}

/**
 * Takes records over from the broker and returns at once; decodes them and hands them to the queue, in order; holds back the
 * lines that wait; knows up to where everything is done.
 */
export class Consumer implements DeliveryHost<Delivery>, Load, Waiting {
  private subscription: Subscription | undefined;
  private readonly lookups: SchemaLookups;
  readonly unread: UnresolvedRecords;
  private readonly offsets = new Offsets();
  readonly held = new Map<string, Delivery[]>();
  private generation = 0;
  readonly flow: FlowControl;
  readonly pausedTopics: PausedTopics;
  readonly full = new Set<string>();
  private inHand = 0;
  private readonly contents: MessageReader;
  private readonly parkLog: ParkLog;
  readonly released: ReleasedKeys;
  afterUncleanShutdown = false;
  readonly triedHere = new Set<string>();
  isCalm = false;
  parked = 0;

  constructor(
    readonly runtime: SagaRuntime,
    private readonly queue: TransactionQueue,
    routing: MessageRouting,
    private readonly counts: Counts,
    sagaStore: SagaStore,
    private readonly options: { readonly parkedMax: number; readonly strict: boolean; readonly resumed: () => void },
  ) {
    this.contents = new MessageReader(runtime.codec, routing, runtime.sagas, options.strict);
    this.parkLog = new ParkLog(runtime.environment);
    this.released = new ReleasedKeys(sagaStore, runtime.environment.clock, this);
    this.lookups = new SchemaLookups(runtime.codec, runtime.environment, (id) => this.unread.settled(id));
    const missing = (record: ConsumerRecord) => {
      const content = this.contentOf(record);
      return content instanceof UnknownSchemaId ? content.schemaId : undefined;
    };
    this.unread = new UnresolvedRecords(this.lookups, (taken) => this.read(taken), missing);
    this.flow = new FlowControl(this, this.lookups);
    const pause = () => this.flow.pause();
    this.pausedTopics = new PausedTopics(runtime.service, sagaStore, queue, pause, (topic) => this.goOnWith(topic));
  }

  get mayPark(): boolean {
    return this.parked < this.options.parkedMax;
  }

  /** Nothing is in hand but what waits for its next try. */
  get idle(): boolean {
    return this.inHand === this.waiting;
  }

  get waiting(): number {
    let waiting = this.unread.count + this.pausedTopics.count;
    for (const deliveries of this.held.values()) waiting += deliveries.length;
    return waiting;
  }

  get onTheWay(): number {
    return this.inHand - this.unread.count - this.pausedTopics.count;
  }

  heldBack(place: TopicPartition): string | undefined {
    return heldBack(place, this);
  }

  isPaused(topic: string): boolean {
    return this.pausedTopics.has(topic);
  }

  /** Why the registry does not answer, while something waits for it. */
  get outage(): string | undefined {
    return this.lookups.outage;
  }

  /** Ordering keys in which so much is parked that the next message waits for a place. */
  get fullKeys(): number {
    return this.full.size;
  }

  attach(subscription: Subscription): void {
    this.subscription = this.flow.subscription = subscription;
    this.flow.pause();
  }

  receive(records: readonly ConsumerRecord[]): void {
    this.inHand += records.length;
    for (const record of records) {
      const ticket = this.offsets.take(record);
      this.counts.received(record.topic);
      this.unread.take({ record, ticket });
      this.flow.taken(ticket.of);
    }
  }

  /** Whatever is not committed comes again: forget it. */
  reassigned(): void {
    this.generation++;
    this.unread.clear();
    this.offsets.clear();
    this.held.clear();
    this.full.clear();
    this.flow.clear();
    this.pausedTopics.clear();
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
    if (delivery.generation !== this.generation || this.isPaused(delivery.topic)) return false;
    return !this.held.has(delivery.orderingKey) || (!delivery.ticket && this.full.has(delivery.orderingKey));
  }

  wait(delivery: Delivery, waitMs: number, full: boolean): void {
    if (delivery.generation !== this.generation) return;
    this.held.set(delivery.orderingKey, [delivery]);
    if (full) this.full.add(delivery.orderingKey);
    else this.full.delete(delivery.orderingKey);
    const { clock } = this.runtime.environment;
    const goOn = () => this.queue.between(() => this.release(delivery)); // once those behind it are held
    if (waitMs === 0) return goOn();
    this.counts.retried(delivery.topic);
    clock.after(waitMs, goOn);
  }

  behind(delivery: Delivery): void {
    if (delivery.generation !== this.generation) return;
    // What waits for a place waits for these: they have their turn without it.
    if (!delivery.ticket && this.full.has(delivery.orderingKey)) this.queue.submit(delivery);
    else if (this.held.has(delivery.orderingKey)) this.held.get(delivery.orderingKey)!.push(delivery);
    else if (this.isPaused(delivery.topic)) this.pausedTopics.hold(delivery);
  }

  done(delivery: Delivery, result: Exclude<DeliveryResult, { now: 'waiting' }>): void {
    if (result.now !== 'left') this.counts.result(delivery.topic, result.now);
    if (result.now === 'parked') {
      this.parked++;
      this.parkLog.say(delivery.record, result);
    }
    if (delivery.generation !== this.generation) return;
    const isPageDone = this.end(delivery);
    if (isPageDone || (result.now === 'handled' && result.releases)) this.lookForReleased();
  }

  /** True for the last one that was on its way of those that are parked in its ordering key. */
  private end({ ticket, orderingKey }: Delivery): boolean {
    if (!ticket) {
      this.inHand--;
      return this.released.ended(orderingKey);
    }
    this.full.delete(orderingKey);
    this.finish(ticket);
    return false;
  }

  get assigned(): readonly TopicPartition[] {
    return this.subscription?.assigned ?? [];
  }

  contentOf(record: ConsumerRecord): ReadMessage | UnknownSchemaId | undefined {
    return this.contents.of(record);
  }

  replay(record: ConsumerRecord, content: ReadMessage): void {
    this.inHand++;
    this.queue.submit(new Delivery(this, record, content, undefined, this.generation));
  }

  learn(schemaId: number): void {
    this.lookups.want(schemaId, 'parked');
  }

  private lookForReleased(): void {
    this.released.look().catch(() => {}); // it is looked for regularly
  }

  private release(head: Delivery): void {
    const deliveries = this.held.get(head.orderingKey);
    if (deliveries?.[0] !== head) return;
    this.held.delete(head.orderingKey);
    for (const delivery of deliveries.reverse()) this.queue.submitFirst(delivery); // later ones may be in the queue already
  }

  private finish(ticket: OffsetTicket): void {
    ticket.of.finish(ticket);
    this.inHand--;
    this.flow.goOn();
  }

  private goOnWith(topic: string): void {
    this.flow.resume(topic);
    this.options.resumed();
  }

  /** The schema that is missing for it; `undefined` when it is in the queue, or nobody here has anything to do with it. */
  private read({ record, ticket }: TakenRecord): number | undefined {
    const content = this.contentOf(record);
    if (content instanceof UnknownSchemaId) return content.schemaId;
    if (content) this.queue.submit(new Delivery(this, record, content, ticket, this.generation));
    else this.ignore(record, ticket);
    return undefined;
  }

  private ignore({ topic }: ConsumerRecord, ticket: OffsetTicket): void {
    this.counts.ignored(topic);
    this.finish(ticket);
  }
}
