import { digestOf } from './digest-of';
import { drawBrokerFaults, noBrokerFaults, type BrokerFaults } from './broker-faults';
import { drawFateRates, DrawnFates, noFates, type FateRates, type Mishap } from './drawn-fates';
import type { History } from './history';
import { hashOf, oneOf, randomFrom, wholeBelow } from './random';
import type { Scenario } from './scenario';
import { SystemInSimulation } from './simulated-system';
import { violationsOf, type Violation } from './checkers';

/** What is left out of a run, so that a failure is told by less. */
export interface Reduction {
  /** Only these actions. */
  readonly actions?: ReadonlySet<number>;
  /** Only these mishaps, by their ids. */
  readonly mishaps?: ReadonlySet<string>;
  /** Kinds of faults of the broker that do not happen. */
  readonly without?: ReadonlySet<string>;
  readonly outages?: boolean;
}

/** What one seed has come to. */
export interface SimulatedRun {
  readonly seed: number;
  readonly scenario: string;
  /** Sagas and choreographies that something was sent of, by their `txId`. */
  readonly processes: number;
  readonly history: History;
  /** SHA-256 of the history, as JSON. */
  readonly digest: string;
  /** Faults that happened, by kind. */
  readonly faults: Readonly<Record<string, number>>;
  readonly mishaps: readonly Mishap[];
  /** What has happened to processes, in words. */
  readonly notes: readonly Note[];
  readonly violations: readonly Violation[];
  /** On the virtual clock. */
  readonly lastedMs: number;
}
/** Something that happened before the record of this number. */
export interface Note {
  readonly before: number;
  readonly what: string;
}

/** Everything has to be over so long after the last fault. */
const endMs = 900_000;

/** What is drawn for a seed: who takes part, for how long, and what goes wrong how often. */
interface Swarm {
  readonly instances: number;
  readonly actingMs: number;
  readonly disturbedMs: number;
  readonly fates: FateRates;
  readonly broker: BrokerFaults;
  readonly outages: number;
  readonly restartMostMs: number;
}

function drawSwarm(random: () => number): Swarm {
  const actingMs = 1_000 + random() * 20_000;
  return {
    instances: random() < 0.5 ? 1 : 2,
    actingMs,
    disturbedMs: actingMs * (random() < 0.7 ? 1 + random() : 5), // the longer ones go on while the last ones end
    fates: drawFateRates(random),
    broker: drawBrokerFaults(random),
    outages: random() < 0.6 ? 0 : 1 + wholeBelow(random, 3),
    restartMostMs: 20 * 1_000 ** random(),
  };
}

/** Runs a scenario with everything that a seed draws, until all has ended, and judges what was seen. */
export async function simulate(scenario: Scenario, seed: number, reduction: Reduction = {}): Promise<SimulatedRun> {
  const swarm = drawSwarm(randomFrom(hashOf(seed, 'swarm')));
  const random = randomFrom(hashOf(seed, 'schedule'));
  const notes: Note[] = [];
  const note = (what: string) => void notes.push({ before: system.broker.records.length, what });
  const fates: DrawnFates = new DrawnFates(seed, noFates, () => system.clock.now().getTime(), note, reduction.mishaps);
  const system: SystemInSimulation = new SystemInSimulation({
    services: scenario.services,
    instances: swarm.instances,
    random,
    fates,
    restartAfterMs: () => random() * swarm.restartMostMs,
    note,
  });
  try {
    await system.begin();
    const failures: string[] = [];
    const failed = (error: unknown) => void failures.push(error instanceof Error ? error.message : String(error));
    await system.follow(async () => scenario.prepare?.(system), endMs).catch(failed);
    const beganMs = system.clock.now().getTime();
    disturb(system, fates, swarm, reduction, random);
    const indexes = Array.from({ length: scenario.actions }, (_, index) => index).filter(
      (index) => reduction.actions?.has(index) ?? true,
    );
    for (const index of indexes) {
      const own = randomFrom(hashOf(seed, `action ${index}`));
      system.clock.after(own() * swarm.actingMs, () =>
        system.act(() => scenario.act(system, { index, random: own }).catch(failed)),
      );
    }
    await system.run(() => false, swarm.actingMs);
    await system.end(swarm.disturbedMs - swarm.actingMs); // or until nothing is left to be disturbed
    fates.rates = noFates;
    system.broker.faults = noBrokerFaults;
    const ended = await system.end(endMs);
    const history = await system.history();
    const audited = await audit(scenario, system);
    const violations = [
      ...(ended ? [] : [{ checker: 'everything ends', message: `not all has ended ${endMs} ms after the last fault` }]),
      ...failures.map((message) => ({ checker: 'every action is answered', message })),
      ...violationsOf(history, { parked: [], mayNeedOperator: false }),
      ...audited.map((message) => ({ checker: 'the business adds up', message })),
    ];
    return {
      seed,
      scenario: scenario.name,
      processes: processesIn(history),
      history,
      digest: digestOf(history),
      faults: countsOf(fates.mishaps, system.broker.injected),
      mishaps: fates.mishaps,
      notes,
      violations,
      lastedMs: system.clock.now().getTime() - beganMs,
    };
  } finally {
    await system.close();
  }
}

async function audit(scenario: Scenario, system: SystemInSimulation): Promise<readonly string[]> {
  try {
    return await system.follow(async () => (await scenario.audit?.(system)) ?? [], endMs);
  } catch (error) {
    return [`it could not be audited: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** From now on things go wrong. */
function disturb(
  system: SystemInSimulation,
  fates: DrawnFates,
  swarm: Swarm,
  reduction: Reduction,
  random: () => number,
): void {
  fates.rates = swarm.fates;
  system.broker.faults = without(swarm.broker, reduction.without);
  for (let outage = 0; outage < swarm.outages; outage++) {
    const service = oneOf(random, system.services);
    const [afterMs, forMs] = [random() * swarm.disturbedMs, 10 * 3_000 ** random()];
    if (reduction.outages ?? true) system.clock.after(afterMs, () => fates.takeDown(service, forMs));
  }
}

const without = (faults: BrokerFaults, kinds: ReadonlySet<string> = new Set()): BrokerFaults =>
  Object.fromEntries(Object.entries(faults).map(([kind, rate]) => [kind, kinds.has(kind) ? 0 : rate])) as never;

function countsOf(mishaps: readonly Mishap[], injected: ReadonlyMap<string, number>): Record<string, number> {
  const counts: Record<string, number> = Object.fromEntries(injected);
  for (const { fate } of mishaps) counts[fate] = (counts[fate] ?? 0) + 1;
  return counts;
}

const processesIn = ({ records }: History): number =>
  new Set(records.flatMap(({ message }) => (message ? [message.txId] : []))).size;
