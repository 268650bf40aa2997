import type { RunningService, ServiceLiteral } from '../app';
import { EmbeddedRegistry, LogFile } from '../embedded';
import type { Route } from '../http/route';
import type { Environment } from '../runtime';
import { openSqlite, type Stores } from '../sql';
import { countingIds, onTime, silent, turn } from '../testing/virtual-surroundings';
import type { Fates } from './durable-actions';
import type { History } from './history';
import { HistoryRecorder } from './history-recorder';
import { wholeBelow } from './random';
import { answered, takes, type SimulatedRequest, type SimulatedResponse } from './request';
import type { SimulatedSystem } from './scenario';
import { SimulatedBroker } from './simulated-broker';
import { SimulatedClock } from './simulated-clock';
import { SimulatedProcess } from './simulated-process';

/** What a system is simulated with. */
export interface SimulationOptions {
  readonly services: readonly ServiceLiteral[];
  /** Of each service. */
  readonly instances: number;
  readonly random: () => number;
  readonly fates: Fates;
  /** How long it takes until one that has died is started again. */
  readonly restartAfterMs: () => number;
  /** Is told what happens to processes, in words. */
  readonly note: (what: string) => void;
  /** Is told who has died, and why. */
  readonly died?: (instance: string, why: string) => void;
}

/** Turns of the event loop without anybody wanting one, after which nothing happens unless time passes. */
const calmTurns = 3;
/** Until all services run, when nothing goes wrong. */
const startMs = 60_000;
const askAgainMs = 50;
const askAgainMostMs = 2_000;
const asksMax = 1_000;
const endedEveryMs = 500;

/**
 * Services as they are, several processes each, on a simulated broker and databases in memory, all in one process and on a
 * virtual clock: what happens depends on the random numbers, and on nothing else.
 */
export class SystemInSimulation implements SimulatedSystem {
  readonly clock: SimulatedClock;
  readonly broker: SimulatedBroker;
  private readonly recorder: HistoryRecorder;
  private readonly registryFile = new LogFile(':memory:');
  private readonly registry = new EmbeddedRegistry(this.registryFile);
  private readonly stores = new Map<string, Stores>();
  private readonly processes = new Map<string, SimulatedProcess>();
  /** By service: also while none of its processes runs. */
  private readonly routes = new Map<string, readonly Route[]>();
  private readonly environment: Environment;
  private readonly deaths: string[] = [];
  private asked = 0;
  private closed = false;

  constructor(private readonly options: SimulationOptions) {
    const { random } = options;
    this.clock = new SimulatedClock(random);
    this.broker = new SimulatedBroker(this.clock.ofProcess(), random);
    this.recorder = new HistoryRecorder(this.registry);
    this.environment = { clock: this.clock, ids: countingIds(), log: silent, random };
  }

  /** Starts all instances of all services. */
  async begin(): Promise<void> {
    for (const { name, migrations } of this.options.services) {
      this.stores.set(name, onTime(await openSqlite({ file: ':memory:', migrations }), this.clock));
    }
    for (const literal of this.options.services)
      for (let number = 1; number <= this.options.instances; number++) this.start(literal, `${literal.name}-${number}`);
    const processes = () => [...this.processes.values()];
    const over = () => processes().every(({ running }) => running) || this.deaths.length > 0;
    if (!(await this.run(over, startMs)) || this.deaths.length > 0)
      throw new Error(`the system does not start: ${this.deaths.join(', ') || `it is not ready after ${startMs} ms`}`);
    for (const { service, running } of processes()) this.routes.set(service, running!.routes);
  }

  async ask<T>(service: string, call: (running: RunningService) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      const living = this.living(service);
      try {
        if (living.length > 0) return await living[wholeBelow(this.options.random, living.length)]!.call(call);
      } catch (error) {
        if (tries === asksMax) throw error;
      }
      if (tries === asksMax) throw new Error(`${service} has not answered, though it was asked ${asksMax} times`);
      await this.pass(Math.min(askAgainMs * tries, askAgainMostMs));
    }
  }

  request(request: SimulatedRequest): Promise<SimulatedResponse> {
    const service = [...this.routes].find(([, routes]) => takes(routes, request))?.[0];
    if (!service) throw new Error(`no service has a route for ${request.method} ${request.path}`);
    return this.ask(service, (running) => answered(running, request));
  }

  query<Row>(service: string, sql: string): Promise<readonly Row[]> {
    return this.storesOf(service).reader.query((knex) => knex.raw(sql) as Promise<any>);
  }

  /** Begins an action; it counts as something that is going on until it is over. */
  act(acting: () => Promise<void>): void {
    this.asked++;
    void acting().finally(() => this.asked--);
  }

  pass(durationMs: number): Promise<void> {
    return new Promise((over) => void this.clock.after(durationMs, over));
  }

  get services(): readonly string[] {
    return this.options.services.map(({ name }) => name);
  }

  /** Every process that there is now. */
  get instances(): readonly string[] {
    return [...this.processes.keys()];
  }

  /** Kills a process; it is started again after a while. */
  kill(instance: string): void {
    this.processes.get(instance)?.die();
  }

  /** Lets everything happen until `done`, or until the time is over. Resolves with whether it is done. */
  async run(done: () => boolean, forMs = Infinity): Promise<boolean> {
    const until = this.clock.monotonicMs() + forMs;
    for (let calm = 0; !done();) {
      await turn();
      if (this.clock.turn()) calm = 0;
      else if (++calm >= calmTurns && !this.clock.step(until)) {
        if (forMs !== Infinity) this.clock.goTo(until);
        return done();
      }
    }
    return true;
  }

  /**
   * Lets everything happen until somebody has done something. Resolves with what came of it; rejects as that does, and when
   * it is not done within `forMs`.
   */
  async follow<T>(doing: () => Promise<T>, forMs: number): Promise<T> {
    let isOver = false;
    const done = doing().finally(() => (isOver = true));
    done.catch(() => {}); // it is told when it is over
    if (!(await this.run(() => isOver, forMs))) throw new Error(`not after ${forMs} ms`);
    return done;
  }

  /** Lets everything happen until nothing is left to be done. False when that is not so after `forMs`. */
  async end(forMs: number): Promise<boolean> {
    const until = this.clock.monotonicMs() + forMs; // a date has no parts of milliseconds, and may never be that late
    while (this.clock.monotonicMs() < until) {
      const nowMs = this.clock.monotonicMs();
      await this.run(() => this.clock.monotonicMs() >= nowMs + endedEveryMs && this.atRest, until - nowMs);
      if (this.atRest && (await this.nothingPending())) return true;
    }
    return false;
  }

  async history(): Promise<History> {
    const routings = new Map(
      [...this.processes.values()].flatMap(({ service, running }) =>
        running ? [[service, running.routing] as const] : [],
      ),
    );
    return this.recorder.history(this.broker.records, this.stores, routings);
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const process of this.processes.values()) process.die();
    for (let turns = 0; turns < calmTurns; turns++) await turn();
    for (const { database } of this.stores.values()) await database.close();
    this.registryFile.close();
  }

  private start(literal: ServiceLiteral, instance: string): void {
    const process = new SimulatedProcess(literal, instance, {
      stores: this.storesOf(literal.name),
      broker: this.broker,
      registry: this.registry,
      environment: { ...this.environment, clock: this.clock.ofProcess() },
      fates: this.options.fates,
      committed:
        ({ service }) =>
        (lane, producer, rows, outbox) =>
          this.recorder.commit({ service, instance, lane, producer }, rows, outbox),
      died: (dead, why) => this.died(dead, why),
    });
    this.processes.set(instance, process);
    void process.start();
  }

  private died({ literal, instance }: SimulatedProcess, why: string): void {
    if (this.closed) return;
    this.deaths.push(`${instance}: ${why}`);
    this.options.note(`${instance}: ${why}`);
    this.options.died?.(instance, why);
    this.clock.after(this.options.restartAfterMs(), () => {
      if (this.closed) return;
      this.options.note(`${instance}: it is started again`);
      this.start(literal, instance);
    });
  }

  private living(service: string): readonly SimulatedProcess[] {
    return [...this.processes.values()].filter((each) => each.service === service && each.running && !each.dead);
  }

  private storesOf(service: string): Stores {
    const stores = this.stores.get(service);
    if (!stores) throw new Error(`there is no ${service} service here, only ${[...this.stores.keys()].join(', ')}`);
    return stores;
  }

  /** Nobody does anything, and nothing is on its way. */
  private get atRest(): boolean {
    const processes = [...this.processes.values()];
    return (
      this.asked === 0 && this.broker.idle && processes.every(({ running, dead, idle }) => running && !dead && idle)
    );
  }

  /** Nothing is left that waits for time to pass. */
  private async nothingPending(): Promise<boolean> {
    for (const { sagaStore, refused, outbox, reader } of this.stores.values()) {
      const unsent = await reader.query((knex) => knex('kit_outbox').first());
      const delayed = await outbox.delayedCount();
      const open = await sagaStore.oldest();
      if (unsent || delayed.waiting > 0 || open.length > 0 || (await refused.count()) > 0) return false;
    }
    return true;
  }
}
