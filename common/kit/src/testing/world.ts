import { openService, type Running, type ServiceLiteral } from '../app';
import { EmbeddedBroker, EmbeddedRegistry, LogFile, type Appending } from '../embedded';
import type { UnitOfWork, WorkToken } from '../ports';
import type { Broker, Environment, Log } from '../runtime';
import { openSqlite, type Stores } from '../sql';
import { ManualClock } from './manual-clock';
import { MessageLog } from './message-log';

/** For tests of what happens when an edge fails. */
export interface WorldOptions {
  /** Stands between the services and the broker. */
  readonly broker?: (broker: Broker) => Broker;
  /** Stands between a service and its database. */
  readonly stores?: (stores: Stores, service: string) => Stores;
  readonly log?: Log;
}

const roundsMax = 20_000;
/** Turns of the event loop without an end in sight, after which time passes. */
const patience = 25;
/** Time that has to pass for every regular chore to be done once. */
const choresMs = 1_000;

/** Services on an embedded broker and databases in memory: the real thing but for the edges, and a clock that stands still. */
export async function worldOf(...services: readonly ServiceLiteral[]): Promise<World> {
  return worldWith({}, ...services);
}

export async function worldWith(options: WorldOptions, ...services: readonly ServiceLiteral[]): Promise<World> {
  const world = new World(options);
  for (const literal of services) await world.start(literal);
  return world;
}

export class World {
  readonly clock = new ManualClock();
  readonly broker: Broker;
  readonly registry: EmbeddedRegistry;
  readonly messages: MessageLog;
  private readonly file = new LogFile(':memory:');
  private readonly embedded: EmbeddedBroker;
  private readonly running = new Map<string, Running>();
  private readonly stores = new Map<string, Stores>();
  private readonly environment: Environment;
  private ids = 0;

  constructor(private readonly options: WorldOptions) {
    this.embedded = new EmbeddedBroker(this.file, this.clock, { trims: false });
    this.registry = new EmbeddedRegistry(this.file);
    this.messages = new MessageLog(this.file, this.registry);
    this.broker = options.broker?.(this.embedded) ?? this.embedded;
    const next = () => `00000000-0000-7000-8000-${String(++this.ids).padStart(12, '0')}`;
    this.environment = { clock: this.clock, ids: { next }, log: options.log ?? silent, random: () => 0.5 };
  }

  /** Starts a service, or starts it again on what it left behind. */
  async start(literal: ServiceLiteral): Promise<Running> {
    const { name, migrations } = literal;
    const stores = this.stores.get(name) ?? (await openSqlite({ file: ':memory:', migrations }));
    this.stores.set(name, stores);
    const wired = this.options.stores?.(stores, name) ?? stores;
    const fatal = (error: Error) => {
      throw error;
    };
    const { broker, registry, environment } = this;
    const running = await openService(literal, {
      instance: `${name}-1`,
      stores: wired,
      broker,
      registry,
      environment,
      registerSchemas: true,
      fatal,
    });
    this.running.set(name, running);
    return running;
  }

  /** Stops one service; it can be started again. */
  async stop(name: string): Promise<void> {
    await this.running.get(name)?.stop();
    this.running.delete(name);
  }

  service(name: string): Running {
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

  work<Own>(name: string, token: WorkToken<Own>): UnitOfWork<Own> {
    return this.get(name, token);
  }

  /** The names of the messages that were sent, in order; of a refusal, its code. */
  get log(): string[] {
    return this.messages.names();
  }

  /** Puts any record on a topic: garbage, duplicates, forgeries. */
  put(...records: readonly Appending[]): void {
    this.file.append(records);
    this.embedded.wake(new Set(records.map(({ topic }) => topic)));
  }

  /**
   * Resolves when nothing is going on any more and every chore has been done. Time passes only as far as retries need it,
   * so no deadline is reached. Rejects, saying who is busy, when there is no end to it.
   */
  async settled(): Promise<void> {
    await this.quiet();
    await this.pass(choresMs);
  }

  /** Lets time pass, and everything happen that then does. */
  async pass(durationMs: number): Promise<void> {
    const until = this.clock.now().getTime() + durationMs;
    while (this.clock.step(until)) await this.quiet();
    this.clock.goTo(until);
    await this.quiet();
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

  private async quiet(): Promise<void> {
    let calm = 0;
    for (let round = 1; round <= roundsMax; round++) {
      await turn();
      calm = this.busy().length === 0 ? calm + 1 : 0;
      if (calm === 3) return;
      if (round % patience === 0 && calm === 0) this.clock.step();
    }
    throw new Error(
      `this world does not come to rest: ${this.busy().join(', ')} still busy after ${this.log.length} messages`,
    );
  }

  private busy(): string[] {
    const busy = [...this.running.values()]
      .filter(({ service }) => !service.idle || service.retrying > 0)
      .map(({ name }) => name);
    return this.embedded.idle ? busy : [...busy, 'the broker'];
  }
}

const turn = (): Promise<void> => new Promise((over) => void setImmediate(over));
const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
