import { openService, unheardCommands, type RunningService, type ServiceLiteral } from '../app';
import { canonical, Codec, subjectOf, targetSchema } from '../codec';
import type { Event, Message } from '../contract';
import { EmbeddedBroker, EmbeddedRegistry, LogFile, type LogRecord } from '../embedded';
import type { UnitOfWork, UnitOfWorkToken } from '../ports';
import type { Broker, Environment, MessageRouting } from '../runtime';
import { openSqlite, type Stores } from '../sql';
import { Lifeline } from './lifeline';
import { ManualClock } from './manual-clock';
import { MessageLog } from './message-log';
import { countingIds, onTime, silent, turn } from './virtual-surroundings';
import type { SendOptions, WorldOptions } from './world-options';

/** Timers that may pass before a world that is busy must have come to rest. */
const stepsMax = 10_000;
/** Turns of the event loop after which who is busy still must be waiting for time to pass. */
const patience = 50;
/** Time that has to pass for every periodic task to be done once. */
const choresMs = 1_000;

/**
 * Services on an embedded broker and databases in memory: the real thing but for the edges, and a clock that stands still.
 *
 * @example
 * ```ts
 * import { command, event } from 'saga-kit';
 * import { stub, worldOf } from 'saga-kit/testing';
 *
 * const fields = [{ name: 'orderId', type: 'string' }] as const;
 * const Paid = event({ type: 'record', name: 'Paid', namespace: 'payment', topic: 'paid', fields });
 * const Pay = command({ type: 'record', name: 'Pay', namespace: 'payment', topic: 'pay', fields, reply: Paid, refusals: [] });
 * async function aTest() {
 *   const world = await worldOf(stub('payment', [Pay]));
 *   await world.send(Pay.of({ orderId: 'o-1' }), { target: 'A_TEST', txId: 'o-1' });
 *   await world.settled();
 *   console.log(world.log); // ['Pay', 'Paid']
 *   await world.close();
 * }
 * void aTest();
 * ```
 */
export async function worldOf(...services: readonly ServiceLiteral[]): Promise<World> {
  return worldWith({}, ...services);
}

/** A world with options: faults at its edges, other databases, other clocks. */
export async function worldWith(options: WorldOptions, ...services: readonly ServiceLiteral[]): Promise<World> {
  const world = new World(options);
  try {
    for (const literal of services) await world.start(literal);
    await world.settled(); // the time that passes after a start is over before anything is begun
  } catch (error) {
    await world.close();
    throw error;
  }
  return world;
}

/** The services, the broker, the databases and the clock of a test. */
export class World {
  readonly clock = new ManualClock();
  readonly broker: Broker;
  readonly registry: EmbeddedRegistry;
  readonly messages: MessageLog;
  private readonly file = new LogFile(':memory:');
  private readonly embedded: EmbeddedBroker;
  private readonly running = new Map<string, RunningService>();
  private readonly stores = new Map<string, Stores>();
  private readonly lifelines = new Map<string, Lifeline>();
  private readonly environment: Environment;
  private readonly routings = new Map<string, MessageRouting>();

  constructor(private readonly options: WorldOptions) {
    this.embedded = new EmbeddedBroker(this.file, this.clock, { trims: false });
    this.registry = new EmbeddedRegistry(this.file);
    this.messages = new MessageLog(this.file, this.registry);
    this.broker = options.broker?.(this.embedded) ?? this.embedded;
    this.environment = { clock: this.clock, ids: countingIds(), log: options.log ?? silent, random: () => 0.5 };
  }

  /** Starts a service, or starts it again on what it left behind. */
  async start(literal: ServiceLiteral, instance = `${literal.name}-1`): Promise<RunningService> {
    const { name, migrations } = literal;
    const open = this.options.open ?? (() => openSqlite({ file: ':memory:', migrations }));
    const stores = this.stores.get(name) ?? onTime(await open(name, migrations), this.clock);
    this.stores.set(name, stores);
    const lifeline = new Lifeline();
    const clock = this.options.clock?.(this.clock, name) ?? this.clock;
    const running = await openService(literal, {
      instance,
      stores: lifeline.stores(this.options.stores?.(stores, name) ?? stores),
      broker: lifeline.broker(this.broker),
      registry: this.options.registry?.(this.registry) ?? this.registry,
      environment: { ...this.environment, clock: lifeline.clock(clock) },
      registerSchemas: true,
      cloudEvents: this.options.cloudEvents,
      ...(this.options.retention && { horizons: this.options.retention }),
      fatal: (error) => {
        throw error;
      },
    });
    this.running.set(name, running);
    this.routings.set(name, running.routing);
    this.lifelines.set(name, lifeline);
    return running;
  }

  /** Stops one service; it can be started again. */
  async stop(name: string): Promise<void> {
    try {
      await this.running.get(name)?.stop();
    } finally {
      this.running.delete(name);
    }
  }

  /** Ends a service in the middle of whatever it does, as if its process was killed: it does and hears nothing any more. */
  async crash(name: string): Promise<void> {
    this.running.delete(name);
    await this.lifelines.get(name)?.cut();
  }

  service(name: string): RunningService {
    const running = this.running.get(name);
    if (!running)
      throw new Error(`there is no ${name} service in this world, only ${[...this.running.keys()].join(', ')}`);
    return running;
  }

  storesOf(name: string): Stores {
    return this.stores.get(name)!;
  }

  /** Whatever a service has bound: a use case, a read port. */
  get<T>(name: string, token: abstract new (...args: any[]) => T): T {
    return this.service(name).container.get<T>(token);
  }

  work<Own, E extends Event>(name: string, token: UnitOfWorkToken<Own, E>): UnitOfWork<Own, E> {
    return this.get(name, token);
  }

  /** The names of the messages that were sent, in order; of a refusal, its code. */
  get log(): string[] {
    return this.messages.names();
  }

  /**
   * Sends a message as if a service had: by default as the command of this process, else under the `id` and `causationId`
   * that are given. Resolves with the bytes, for `put` to send them again.
   */
  async send({ contract, payload }: Message, process: SendOptions): Promise<LogRecord> {
    const { target, txId, id = `${target}/${txId}/${contract.name}`, causationId = 'a-test', headers = [] } = process;
    const schema = targetSchema(contract);
    const sends = new Map([[subjectOf(contract.topic, schema), schema]]);
    await this.registry.register(subjectOf(contract.topic, schema), JSON.stringify(canonical(schema)));
    const codec = new Codec(this.registry, this.clock);
    await codec.warm({ sends, listens: [] });
    const envelope = { id, target, txId, causationId, occurredAt: this.clock.now() };
    const value = codec.encode(contract, envelope, payload);
    const record = { topic: contract.topic, key: Buffer.from(txId), value, headers };
    this.put(record);
    return record;
  }

  /** Everything that is on the topics, in the order in which it came there. */
  records(): LogRecord[] {
    return this.messages.records();
  }

  /** Puts any record on a topic: garbage, duplicates, forgeries. */
  put(...records: readonly LogRecord[]): void {
    this.file.append(records);
    this.embedded.wake(new Set(records.map(({ topic }) => topic)));
  }

  /**
   * Resolves when nothing is going on any more and every periodic task has been done. Time passes only as far as retries need it,
   * so no deadline is reached. Rejects, saying who is busy, when there is no end to it, and when a saga waits for a command
   * that nobody in this world listens to.
   */
  async settled(): Promise<void> {
    for (let steps = 0; await this.stirs(); steps++) {
      if (steps === stepsMax)
        throw new Error(`no end in sight: ${this.busy().join(', ')} busy after ${this.log.length} messages`);
      this.clock.step(); // somebody waits for their next try
    }
    await this.pass(choresMs);
    this.checkHeard();
  }

  private checkHeard(): void {
    const unheard = unheardCommands([...this.routings.values()]);
    if (unheard.length === 0) return;
    const sent = new Set(this.messages.all().map(({ topic, name }) => `${topic} ${name}`));
    const first = unheard.find(({ topic, name }) => sent.has(`${topic} ${name}`));
    if (first)
      throw new Error(
        `nobody in this world listens to ${first.name} on ${first.topic}, which ${first.saga} has sent: start the service that does, or a stub('…', [${first.name}])`,
      );
  }

  /** Lets time pass, and everything happen that then does. */
  async pass(durationMs: number): Promise<void> {
    const until = this.clock.now().getTime() + durationMs;
    await this.stirs();
    while (this.clock.step(until)) await this.stirs();
    this.clock.goTo(until);
    await this.stirs();
  }

  async close(): Promise<void> {
    const stopping = Promise.all([...this.running.keys()].map((name) => this.stop(name)));
    let stopped = false;
    void stopping.finally(() => (stopped = true));
    while (!stopped) {
      this.clock.step();
      await turn();
    }
    await stopping;
    for (const { database } of this.stores.values()) await database.close();
    await this.embedded.close();
  }

  /** Resolves when nothing happens unless time passes: with whether somebody waits for that, in the middle of something. */
  private async stirs(): Promise<boolean> {
    for (let calm = 0, stalled = 0; stalled < patience;) {
      await turn();
      if (this.busy().length > 0) [calm, stalled] = [0, stalled + 1];
      else if (++calm === 3) return false;
    }
    return true;
  }

  private busy(): string[] {
    const busy = [...this.running.values()]
      .filter(({ service }) => !service.idle || service.retrying > 0)
      .map(({ name }) => name);
    return this.embedded.idle ? busy : [...busy, 'the broker'];
  }
}
