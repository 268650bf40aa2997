import { Undecodable, UnknownSchemaId, type Decoded } from '../codec';
import { backOffMs } from './back-off';
import type { Incoming, Position, Subscription } from './broker';
import { Delivery, type Content, type Host } from './delivery';
import type { Engine } from './engine';
import { pause } from './environment';
import type { Lane } from './lane';
import type { Listeners } from './listeners';
import { Offsets } from './offsets';
import { checkEnvelope } from './received';

/** Records in hand; beyond this the broker is asked to wait. */
const inHandMax = 10_000;
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
  private readonly undecoded: Incoming[] = [];
  private decoding = false;
  private readonly offsets = new Offsets();
  private readonly held = new Map<string, Delivery[]>();
  private generation = 0;
  private inHand = 0;
  private paused = false;
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

  attach(subscription: Subscription): void {
    this.subscription = subscription;
  }

  receive(records: readonly Incoming[]): void {
    this.inHand += records.length;
    for (const record of records) this.undecoded.push(record);
    this.regulate();
    if (!this.decoding) void this.decode();
  }

  /** Whatever is not committed comes again: forget it. */
  reassigned(): void {
    this.generation++;
    this.undecoded.length = 0;
    this.offsets.clear();
    this.held.clear();
    this.inHand = 0;
    this.regulate();
  }

  /** Positions up to which everything is done, where that has changed. */
  moved(): Position[] {
    return this.offsets.moved();
  }

  isReady(delivery: Delivery): boolean {
    return delivery.generation === this.generation && !this.held.has(delivery.line);
  }

  wait(delivery: Delivery, waitMs: number): void {
    if (delivery.generation !== this.generation) return;
    this.held.set(delivery.line, [delivery]);
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
    delivery.ticket.done = true;
    this.counts.became(delivery.topic, became);
    if (became === 'parked') this.parked++;
    this.leave(delivery.generation);
  }

  private release(head: Delivery): void {
    const deliveries = this.held.get(head.line);
    if (deliveries?.[0] !== head) return;
    this.held.delete(head.line);
    for (const delivery of deliveries.reverse()) this.lane.submitFirst(delivery); // later ones may be in the queue already
  }

  private leave(generation: number): void {
    if (generation !== this.generation) return;
    this.inHand--;
    this.regulate();
  }

  private regulate(): void {
    if (!this.paused && this.inHand > inHandMax) {
      this.paused = true;
      this.subscription?.pause();
    } else if (this.paused && this.inHand < inHandMax / 2) {
      this.paused = false;
      this.subscription?.resume();
    }
  }

  private async decode(): Promise<void> {
    this.decoding = true;
    while (this.undecoded.length > 0) {
      const records = this.undecoded.splice(0);
      for (const record of records) {
        const { generation } = this;
        const ticket = this.offsets.take(record);
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

  private ignore({ topic }: Incoming, ticket: { done: boolean }): void {
    ticket.done = true;
    this.counts.ignored(topic);
    this.leave(this.generation);
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
