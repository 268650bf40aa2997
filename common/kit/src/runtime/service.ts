import { Codec, RegistryUnavailable, type SchemaRegistry } from '../codec';
import { backOffMs } from './back-off';
import type { Broker, Subscription } from './broker';
import { caughtUp } from './catch-up';
import { Chore } from './chore';
import { definitionsOf } from './definitions';
import type { Engine } from './engine';
import { pause, type Environment } from './environment';
import { Lane } from './lane';
import { sendLeftOvers, takeOver } from './left-overs';
import type { Listeners } from './listeners';
import type { Metrics } from './metrics';
import { parkedMax } from './parking';
import { Publisher } from './publisher';
import { Pump } from './pump';
import { beatEveryMs, readEveryMs, ServiceClock } from './service-clock';
import { takeSeat, type KeptSeat } from './seat-keeping';
import type { Database, DatabaseClock, Lanes, SagaLedger, Seats } from './store';
import { Timers } from './timers';
import type { Calls } from './transactions';

/** Everything that a service is made of. */
export interface Parts {
  /** Also the name of its consumer group. */
  readonly name: string;
  readonly instance: string;
  readonly environment: Environment;
  readonly listeners: Listeners;
  readonly broker: Broker;
  readonly registry: SchemaRegistry;
  readonly database: Database;
  readonly lanes: Lanes;
  readonly seats: Seats;
  readonly ledger: SagaLedger;
  readonly clock: DatabaseClock;
  readonly metrics: Metrics;
  /** The service cannot go on; the process should end. */
  fatal(error: Error): void;
}

/** Whether a service does what it is there for, and if not, why. */
export interface Health {
  readonly ready: boolean;
  readonly reasons: readonly string[];
}

const acknowledgeEveryMs = 200;
const commitEveryMs = 500;
const takeOverEveryMs = 10_000;
const countEveryMs = 30_000;
const flushMs = 5_000;
/** What was away for us was away for others as well: so long they have to come back and answer, before silence counts. */
const graceMs = 10_000;
/** About two minutes, besides what the registry itself takes not to answer. */
const warmingTriesMax = 30;
const warmingPauses = { firstMs: 200, mostMs: 5_000 };

/**
 * Starts a service: it takes its seat, checks that open sagas and schemas fit, sends what its last life left unsent, joins
 * its group and watches its timers. Rejects, having let go of everything, when one of these cannot be done.
 */
export async function startService(parts: Parts): Promise<Service> {
  const seat = await takeSeat(parts);
  const lanes: Lane[] = [];
  try {
    const definitions = await definitionsOf(parts.listeners.sagas, parts.ledger);
    const clock = await ServiceClock.open(parts.environment, parts.clock, parts.listeners.sagas);
    const codec = new Codec(parts.registry, parts.environment.clock);
    await warm(codec, parts);
    const publisher = new Publisher(parts.broker, parts.environment);
    const leftLanes = await sendLeftOvers(parts.instance, parts.lanes, publisher);
    for (let count = 0; count < 2; count++)
      lanes.push(new Lane(await parts.database.open(parts.instance), publisher, parts.environment));
    const engine = { service: parts.name, codec, environment: parts.environment, clock, definitions };
    const [messages, outside] = lanes as [Lane, Lane];
    const service = new Service(parts, engine, publisher, messages, outside, seat);
    await service.begin({ suspicious: leftLanes > 0 });
    return service;
  } catch (error) {
    for (const lane of lanes) await quietly(lane.stop());
    await quietly(seat.leave());
    throw error;
  }
}

export class Service {
  private readonly pump: Pump;
  private readonly timers: Timers;
  private readonly chores: Chore[] = [];
  private subscription: Subscription | undefined;
  private catchingUp = true;
  /** There was an outage that was not caught up from yet. */
  private behind = false;
  private cancelGrace = () => {};

  constructor(
    private readonly parts: Parts,
    readonly engine: Engine,
    private readonly publisher: Publisher,
    private readonly messages: Lane,
    private readonly outside: Lane,
    private readonly seat: KeptSeat,
  ) {
    const { listeners, metrics, ledger } = parts;
    this.pump = new Pump(engine, messages, listeners, metrics, parkedMax.service);
    const mayFire = () => this.mayFire();
    this.timers = new Timers(engine, messages, listeners.orchestrating, ledger, mayFire, (saga, outcome) =>
      metrics.fired(saga, outcome ?? 'acted-upon'),
    );
  }

  /** What units of work run on. */
  get calls(): Calls {
    return { engine: this.engine, lane: this.outside, database: this.parts.database };
  }

  /** Nothing is being done, and nothing but time will change that. */
  get idle(): boolean {
    const parts = [this.pump, this.timers, this.messages, this.outside, this.publisher, ...this.chores];
    return parts.every(({ idle }) => idle) && !this.catchingUp;
  }

  /** Messages that wait for their next try. */
  get retrying(): number {
    return this.pump.waiting;
  }

  async begin({ suspicious }: { suspicious: boolean }): Promise<void> {
    const { broker, name, listeners, lanes, seats, instance } = this.parts;
    this.pump.suspicious = suspicious;
    await this.count();
    const receiving = {
      receive: this.pump.receive.bind(this.pump),
      reassigned: this.pump.reassigned.bind(this.pump),
    };
    this.subscription = await broker.subscribe({ group: name, topics: listeners.topics, ...receiving });
    this.pump.attach(this.subscription);
    this.do('acknowledge what was sent', acknowledgeEveryMs, () => this.acknowledge());
    this.do('commit offsets', commitEveryMs, () => this.pump.commit());
    this.do('take over from instances that are gone', takeOverEveryMs, () =>
      takeOver(instance, lanes, seats, this.publisher),
    );
    this.do('look at the clock', beatEveryMs, () => this.engine.clock.beat());
    this.do("look at the database's clock", readEveryMs, () => this.engine.clock.read());
    this.do('count what is stuck', countEveryMs, () => this.count());
    this.chores.push(this.timers.chore);
    for (const chore of this.chores) chore.start();
    void this.catchUp();
  }

  health(): Health {
    const { fullLines, mayPark } = this.pump;
    const reasons = [
      ...this.outages(),
      ...(fullLines > 0
        ? [`${fullLines === 1 ? '1 line has' : `${fullLines} lines have`} ${full(parkedMax.line)}`]
        : []),
      ...(mayPark ? [] : [`the service has ${full(parkedMax.service)}`]),
    ];
    return { ready: reasons.length === 0, reasons };
  }

  private outages(): string[] {
    return [
      ...(this.seat.lost ? ['its seat is lost'] : []),
      ...(this.messages.healthy && this.outside.healthy ? [] : ['the database does not answer']),
      ...(this.publisher.healthy && this.subscription?.healthy ? [] : ['the broker does not answer']),
      ...(this.pump.healthy ? [] : ['the schema registry does not answer']),
    ];
  }

  /** Lets go of its place in the group, ends what has begun, sends what it can within a deadline, and gives up its seat. */
  async stop(): Promise<void> {
    const cancel = this.parts.environment.clock.after(flushMs, () => this.publisher.stop());
    for (const chore of this.chores) await chore.stop();
    this.cancelGrace();
    await this.messages.stop();
    await quietly(this.pump.commit());
    await this.subscription?.close();
    await this.outside.stop();
    await this.publisher.flushed();
    this.publisher.stop();
    cancel();
    await quietly(this.leaveLanes());
    await this.seat.leave();
  }

  private do(name: string, everyMs: number, task: () => Promise<void>): void {
    this.chores.push(new Chore(this.parts.environment, name, everyMs, task));
  }

  private async count(): Promise<void> {
    const { ledger, metrics } = this.parts;
    this.pump.parked = await ledger.parkedCount();
    metrics.stuck(this.pump.parked, await ledger.needsOperatorCount());
  }

  private async acknowledge(): Promise<void> {
    for (const [lane, what] of this.publisher.unnoted()) {
      await this.parts.lanes.acknowledge(lane, what.seq, what.unit);
      this.publisher.noted(lane, what);
    }
  }

  /** A lane that is left behind tells the next start that this one did not end well. */
  private async leaveLanes(): Promise<void> {
    if (this.publisher.waiting > 0) return;
    await this.acknowledge();
    for (const { lane, instance } of await this.parts.lanes.all())
      if (instance === this.parts.instance) await this.parts.lanes.remove(lane, 'own');
  }

  private mayFire(): boolean {
    if (this.engine.clock.hasStepped() || this.outages().length > 0) this.behind = true;
    else if (this.behind && !this.catchingUp) void this.catchUp();
    return !this.behind && !this.catchingUp;
  }

  private async catchUp(): Promise<void> {
    [this.catchingUp, this.behind] = [true, false];
    const { broker, name, listeners, environment } = this.parts;
    await new Promise<void>((over) => (this.cancelGrace = environment.clock.after(graceMs, over)));
    try {
      await caughtUp(broker, name, listeners.topics, environment);
    } catch (error) {
      environment.log.warn({ error: String(error) }, 'could not see how far the topics go');
    }
    this.pump.suspicious = false;
    this.catchingUp = false;
  }
}

/** A registry that does not answer is waited for; a schema that it does not know is not. */
async function warm(codec: Codec, { listeners, environment }: Parts): Promise<void> {
  const wanted = { sends: listeners.sends(), listens: listeners.listening() };
  for (let tries = 1; ; tries++) {
    try {
      return await codec.warm(wanted);
    } catch (error) {
      if (!(error instanceof RegistryUnavailable) || tries === warmingTriesMax) throw error;
      environment.log.warn({ error: error.message }, 'the schema registry does not answer; waiting for it');
      await pause(environment, backOffMs(tries, warmingPauses, environment.random()));
    }
  }
}

const quietly = (done: Promise<void>): Promise<void> => done.catch(() => {});
const full = (max: number): string => `${max} parked messages, and no more may be: replay or drop some`;
