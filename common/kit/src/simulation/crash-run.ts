import type { ServiceLiteral } from '../app';
import { violationsOf, type Violation } from './checkers';
import { digestOf } from './digest-of';
import type { DurableAction, Fate, Fates } from './durable-actions';
import { hashOf, randomFrom } from './random';
import type { SimulatedSystem } from './scenario';
import { SystemInSimulation } from './simulated-system';

/** A way in which something that customers do can end. */
export interface Ending<Prepared = any> {
  readonly name: string;
  readonly services: readonly ServiceLiteral[];
  /** A service whose database and broker answer late, for so long from when the customers act. */
  readonly slow?: { readonly service: string; readonly answerMs: number; readonly forMs: number };
  /** Before boundaries are counted: sample data, products, accounts. What it sends comes at once. */
  prepare?(system: SimulatedSystem): Promise<Prepared>;
  /**
   * What the customers do, until they have their answers; whatever is asked of a service may be done more than once.
   * Resolves with what is called when nothing is left to be done, and says in words all that is not as this ending has it:
   * how it ended, and what of the business does not add up. Nothing is good.
   */
  act(system: SimulatedSystem, prepared: Prepared): Promise<() => Promise<readonly string[]>>;
}

/** A death at a boundary between two durable actions. */
export interface Crash {
  /**
   * After so many durable actions since the customers began to act, or since the death before this one, dies the process
   * whose action the last of them is; its answer is never seen. At 0 the process of the first one dies before it.
   */
  readonly boundary: number;
  /** All processes die there, as in a profile in which all services are one process. */
  readonly all: boolean;
}

/** How a run with crashes went. */
export interface CrashRun {
  /** What was durable since the customers began to act, in the order in which it was asked for. */
  readonly actions: readonly DurableAction[];
  readonly deaths: readonly Death[];
  readonly violations: readonly Violation[];
  /** SHA-256 of the history, as JSON. */
  readonly digest: string;
}

/** Who has died where. */
export interface Death {
  readonly instance: string;
  /** The action at which it, or all of them, died. */
  readonly action: DurableAction;
  /** How many durable actions there were until then. */
  readonly after: number;
}

/** What runs of a matrix have in common. */
export interface CrashOptions {
  readonly seed: number;
  /** Of each service. */
  readonly instances: number;
}

/** Everything has to be over so long after the customers have begun. */
const endMs = 3_600_000;
/** Within this, what was sent while it was prepared has come, and is noted. */
const preparedMs = 1_500;
/** One that has died is started again between 10 ms and 10 s later. */
const restartAfterMs = (random: () => number) => 10 * 1_000 ** random();

/** Runs an ending with deaths, until nothing is left to be done, and judges what was seen. */
export async function crashRun(ending: Ending, crashes: readonly Crash[], options: CrashOptions): Promise<CrashRun> {
  const fates: CrashFates = new CrashFates(crashes, ending.slow, () => system.clock.now().getTime());
  const restarts = randomFrom(hashOf(options.seed, `${ending.name} ${JSON.stringify(crashes)}`));
  const violations: Violation[] = [];
  const failed = (checker: string) => (error: unknown) =>
    void violations.push({ checker, message: error instanceof Error ? error.message : String(error) });
  const system: SystemInSimulation = new SystemInSimulation({
    services: ending.services,
    instances: options.instances,
    random: randomFrom(hashOf(options.seed, ending.name)),
    fates,
    restartAfterMs: () => restartAfterMs(restarts),
    note: () => {},
    died: (_, why) => {
      if (fates.takesAll()) for (const other of system.instances) system.kill(other);
      if (why !== 'it was killed') failed('nobody dies by himself')(why);
    },
  });
  try {
    await system.begin();
    const follow = async <T>(doing: () => Promise<T>, failing: string): Promise<T | undefined> => {
      try {
        return await system.follow(doing, endMs);
      } catch (error) {
        failed(failing)(error);
        return undefined;
      }
    };
    const prepared = await follow(async () => ending.prepare?.(system), 'it can be prepared');
    await system.run(() => false, preparedMs);
    fates.begin();
    const judge = await follow(() => ending.act(system, prepared), 'customers are answered');
    if (!(await system.end(endMs))) failed('everything ends')(`not all has ended after ${endMs} ms`);
    const history = await system.history();
    violations.push(...violationsOf(history, { parked: [], mayNeedOperator: false }));
    for (const fault of (judge && (await follow(judge, 'it can be judged'))) ?? [])
      failed('it ends as it has to')(fault);
    return {
      actions: fates.actions,
      deaths: fates.deaths,
      violations,
      digest: digestOf(history),
    };
  } finally {
    await system.close();
  }
}

/** Counts durable actions, and lets processes die where a run has it. */
class CrashFates implements Fates {
  readonly actions: DurableAction[] = [];
  readonly deaths: Death[] = [];
  private readonly crashes: Crash[];
  private isForAll = false;
  private beganMs = Infinity;
  private since = 0;

  constructor(
    crashes: readonly Crash[],
    private readonly slow: Ending['slow'],
    private readonly nowMs: () => number,
  ) {
    this.crashes = [...crashes];
  }

  begin(): void {
    this.beganMs = this.nowMs();
  }

  of({ service, instance, what }: DurableAction): Fate {
    if (this.beganMs === Infinity) return 'done';
    const crash = this.crashes[0];
    const action = { service, instance, what };
    this.actions.push(action);
    this.since++;
    if (!crash || this.since < crash.boundary) return 'done';
    this.crashes.shift();
    this.since = 0;
    this.isForAll = crash.all;
    this.deaths.push({ instance: crash.all ? 'all' : instance, action, after: this.actions.length });
    return crash.boundary === 0 ? 'process dies before' : 'process dies after';
  }

  /** Whether whoever has died was not to die alone; true once. */
  takesAll(): boolean {
    const { isForAll } = this;
    this.isForAll = false;
    return isForAll;
  }

  answerMs(service: string): number {
    const { slow } = this;
    const isSlow = slow?.service === service && this.nowMs() < this.beganMs + slow.forMs;
    return isSlow && this.beganMs !== Infinity ? slow.answerMs : 0;
  }

  isDown(): boolean {
    return false;
  }
}
