import { openService, type RunningService, type ServiceLiteral } from '../app';
import type { SchemaRegistry } from '../codec';
import type { Clock } from '../ports';
import type { Broker, Environment } from '../runtime';
import type { Stores } from '../sql';
import { Lifeline } from '../testing/lifeline';
import { DurableActions, type CommitRecorder, type Fates, type MortalProcess } from './durable-actions';

/** What a process is started on. */
export interface Surroundings {
  readonly stores: Stores;
  readonly broker: Broker;
  readonly registry: SchemaRegistry;
  readonly environment: Environment;
  readonly fates: Fates;
  readonly committed: (process: SimulatedProcess) => CommitRecorder;
  /** Is told that it has died, and why. */
  readonly died: (process: SimulatedProcess, why: string) => void;
}

/** An instance of a service, from its start to its death. */
export class SimulatedProcess implements MortalProcess {
  private readonly lifeline = new Lifeline();
  private readonly mourners: (() => void)[] = [];
  private readonly clock: Clock;
  private isDead = false;
  running: RunningService | undefined;

  constructor(
    readonly literal: ServiceLiteral,
    readonly instance: string,
    private readonly around: Surroundings,
  ) {
    this.clock = this.lifeline.clock(around.environment.clock);
  }

  get service(): string {
    return this.literal.name;
  }

  get dead(): boolean {
    return this.isDead;
  }

  /** It does nothing, and waits for nothing but time to pass. */
  get idle(): boolean {
    return (
      this.isDead || (this.running !== undefined && this.running.service.idle && this.running.service.retrying === 0)
    );
  }

  /** Never rejects: a process that cannot start has died. */
  async start(): Promise<void> {
    const { stores, broker, registry, environment, fates, committed } = this.around;
    const actions = new DurableActions(this, fates, committed(this));
    this.mourners.push(() => actions.bury());
    try {
      this.running = await openService(this.literal, {
        instance: this.instance,
        stores: this.lifeline.stores(actions.stores(stores)),
        broker: this.lifeline.broker(actions.broker(broker)),
        registry,
        environment: { ...environment, clock: this.clock },
        registerSchemas: true,
        fatal: (error) => this.die(`it has given up: ${error.message}`),
      });
    } catch (error) {
      this.die(`it could not start: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Nothing that it asked for is answered any more. What it had begun is rolled back. */
  die(why = 'it was killed'): void {
    if (this.isDead) return;
    this.isDead = true;
    void this.lifeline.cut();
    for (const mourn of this.mourners.splice(0)) mourn();
    this.around.died(this, why);
  }

  pause(durationMs: number): Promise<void> {
    return new Promise((over) => void this.clock.after(durationMs, over));
  }

  /** The answer of a call; rejects when the process dies first. */
  async call<T>(call: (running: RunningService) => Promise<T>): Promise<T> {
    const { running } = this;
    if (!running || this.isDead) throw new Error(`${this.instance} is not running`);
    const death = new Promise<never>((_, reject) => {
      this.mourners.push(() => reject(new Error(`${this.instance} has died before it answered`)));
    });
    death.catch(() => {}); // mostly nobody waits for it any more
    return Promise.race([call(running), death]);
  }
}
