// One process of the zoo: simulates seeds until one shows that something is broken, start by start; a line of JSON for each.
import { simulate, type Scenario } from 'saga-kit/testing';
import { scenarios } from '../simulation/scenarios';
import type { Rung } from './bug';
import { crashed } from './crashes';

/** What a process is to do. */
export interface Hunt {
  readonly rung: Rung;
  /** Where each start begins. */
  readonly starts: readonly number[];
  /** Seeds of a start, at the most. */
  readonly seeds: number;
}

/** What a start has come to. */
export interface Start {
  readonly from: number;
  /** That has shown it; `undefined` when none has. */
  readonly seed: number | undefined;
  /** How many seeds were simulated. */
  readonly simulated: number;
  readonly cpuSeconds: number;
  /** Who has found something, and the first thing that was found. */
  readonly checkers: readonly string[];
  readonly message: string;
}

const [orders, mall, orchestrated] = scenarios() as [Scenario, Scenario, Scenario];
const simulated = (scenario: Scenario) => async (seed: number) => (await simulate(scenario, seed)).violations;
const judgesOf = {
  orders: simulated(orders),
  mall: simulated(mall),
  'orchestrated mall': simulated(orchestrated),
  'crash matrix': crashed,
} satisfies Record<Rung, unknown>;

async function started({ rung, seeds }: Hunt, from: number): Promise<Start> {
  const before = process.cpuUsage();
  const cpuSeconds = () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000_000;
  };
  for (let seed = from; seed < from + seeds; seed++) {
    const found = await violations(rung, seed);
    const [first] = found;
    if (!first) continue;
    const checkers = [...new Set(found.map(({ checker }) => checker))];
    const simulated = seed - from + 1;
    return { from, seed, simulated, cpuSeconds: cpuSeconds(), checkers, message: first.message };
  }
  return { from, seed: undefined, simulated: seeds, cpuSeconds: cpuSeconds(), checkers: [], message: '' };
}

/** A system that does not even start has broken its promise as well. */
const violations = (rung: Rung, seed: number): Promise<readonly { checker: string; message: string }[]> =>
  judgesOf[rung](seed).catch((error: Error) => [{ checker: 'the system runs', message: error.message }]);

async function main(): Promise<void> {
  const hunt = JSON.parse(process.argv[2]!) as Hunt;
  for (const from of hunt.starts) console.log(JSON.stringify(await started(hunt, from)));
}

void main();
