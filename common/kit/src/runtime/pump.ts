import { Undecodable, UnknownSchemaId, type Decoded } from '../codec';
import { backOffMs } from './back-off';
import type { Incoming, Subscription } from './broker';
import { Delivery, type Content, type Host } from './delivery';
import type { Engine } from './engine';
import { pause } from './environment';
import type { Lane } from './lane';
import type { Listeners } from './listeners';
import { Offsets, type Progress, type Ticket } from './offsets';
import { checkEnvelope } from './received';

/** Records in hand; beyond this the partitions that bring more are asked to wait. */
const inHandMax = 20_000;
/** Records of a partition since the first that is not done: what is handed over again after a crash. */
const windowMax = 5_000;
const registryPauses = { firstMs: 100, mostMs: 5_000 };

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
  private readonly undecoded: Taken[] = [];
  private decoding = false;
  private readonly offsets = new Offsets();
  private readonly held = new Map<string, Delivery[]>();
  private generation = 0;
  private readonly paused = new Set<Progress>();
  private readonly full = new Set<string>();
  private inHand = 0;
  private registryDown = false;
  suspicious = false;
  parked = 0;

  constructor(
    readonly engine: Engine,
    private readonly lane: Lane,
    private readonly listeners: Listeners,
    private readonly counts: Counts,
    private readonly parkedMax: number,
  ) {}

  get mayPark(): boolean {
    return this.parked < this.parkedMax;
  }

  /** Nothing is in hand but what waits for its next try. */
  get idle(): boolean {
    return this.inHand === this.waiting;
  }

  get waiting(): number {
    let waiting = 0;
    for (const deliveries of this.held.values()) waiting += deliveries.length;
    return waiting;
  }

  get healthy(): boolean {
    return !this.registryDown;
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
      this.undecoded.push({ record, ticket });
      this.regulate(ticket.of);
    }
    if (!this.decoding) void this.decode();
  }

  /** Whatever is not committed comes again: forget it. */
  reassigned(): void {
    this.generation++;
    this.undecoded.length = 0;
    this.offsets.clear();
    this.held.clear();
    this.full.clear();
    this.paused.clear();
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
    return delivery.generation === this.generation && !this.held.has(delivery.line);
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
    if (delivery.generation === this.generation) this.held.get(delivery.line)?.push(delivery);
  }

  done(delivery: Delivery, became: 'handled' | 'parked'): void {
    this.counts.became(delivery.topic, became);
    if (became === 'parked') this.parked++;
    if (delivery.generation !== this.generation) return;
    this.full.delete(delivery.line);
    this.finish(delivery.ticket);
  }

  private release(head: Delivery): void {
    const deliveries = this.held.get(head.line);
    if (deliveries?.[0] !== head) return;
    this.held.delete(head.line);
    const [, ...behind] = deliveries;
    if (head.counted) this.lane.submitFirst(head);
    else this.lane.submit(head);
    for (const delivery of behind) this.lane.submit(delivery);
  }

  private finish(ticket: Ticket): void {
    ticket.of.finish(ticket);
    this.inHand--;
    if (this.paused.size > 0) this.goOn();
  }

  /** A partition that brings too much waits; the others go on. */
  private regulate(of: Progress): void {
    if (this.paused.has(of) || (this.inHand <= inHandMax && of.window <= windowMax)) return;
    this.paused.add(of);
    this.subscription?.pause(of.place);
  }

  private goOn(): void {
    for (const of of this.paused) {
      if (this.inHand > inHandMax / 2) return;
      if (of.window > windowMax / 2) continue;
      this.paused.delete(of);
      this.subscription?.resume(of.place);
    }
  }

  private async decode(): Promise<void> {
    this.decoding = true;
    while (this.undecoded.length > 0) {
      const taken = this.undecoded.splice(0);
      for (const { record, ticket } of taken) {
        const { generation } = this;
        this.counts.received(record.topic);
        let content = this.contentOf(record);
        while (content instanceof UnknownSchemaId) {
          await this.learn(content.schemaId);
          content = this.contentOf(record);
        }
        if (generation !== this.generation) break;
        if (content) this.lane.submit(new Delivery(this, record, content, ticket, generation));
        else this.ignore(record, ticket);
      }
    }
    this.decoding = false;
  }

  private ignore({ topic }: Incoming, ticket: Ticket): void {
    this.counts.ignored(topic);
    this.finish(ticket);
  }

  /** `undefined` for an answer to somebody else's saga. */
  private contentOf(record: Incoming): Content | UnknownSchemaId | undefined {
    let decoded: Decoded;
    try {
      decoded = this.engine.codec.decode(record.topic, record.value);
      checkEnvelope(record, decoded);
    } catch (error) {
      if (error instanceof UnknownSchemaId) return error;
      if (error instanceof Undecodable) return { undecodable: error };
      return { undecodable: new Undecodable('corrupt', String(error)) };
    }
    const handle = this.listeners.handlerOf(record.topic, decoded);
    return handle && { decoded, handle };
  }

  /** Without the registry nothing is consumed, and nobody's budget is used. */
  private async learn(schemaId: number): Promise<void> {
    const { codec, environment } = this.engine;
    for (let tries = 1; ; tries++) {
      try {
        await codec.learn(schemaId);
        this.registryDown = false;
        return;
      } catch (error) {
        if (!this.registryDown)
          environment.log.error(
            { schemaId, error: String(error) },
            'the schema registry does not answer; waiting for it',
          );
        this.registryDown = true;
        await pause(environment, backOffMs(tries, registryPauses, environment.random()));
      }
    }
  }
}

interface Taken {
  readonly record: Incoming;
  readonly ticket: Ticket;
}
