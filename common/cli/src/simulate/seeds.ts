import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { simulate, type Scenario } from 'saga-kit/testing';
import { resultOf, type SeedResult } from './seed-result';

/** Which seeds: from one on, so many, each `every`-th. */
export interface Seeds {
  readonly from: number;
  readonly count: number;
  readonly every: number;
}

/** Each seed simulates one of the scenarios, in turn. */
export const scenarioOf = (scenarios: readonly Scenario[], seed: number): Scenario =>
  scenarios[seed % scenarios.length]!;

/** Simulates seeds in this process, one after the other. */
export async function* simulated(
  scenarios: readonly Scenario[],
  { from, count, every }: Seeds,
): AsyncGenerator<SeedResult> {
  for (let seed = from; seed < from + count; seed += every) {
    const before = process.cpuUsage();
    const run = await simulate(scenarioOf(scenarios, seed), seed);
    const { user, system } = process.cpuUsage(before);
    yield resultOf(run, (user + system) / 1_000);
  }
}

/** Simulates them in so many processes of their own, which are ended with this one. */
export async function inProcesses(
  args: (seeds: Seeds) => readonly string[],
  { from, count }: Omit<Seeds, 'every'>,
  jobs: number,
  tell: (result: SeedResult) => void,
): Promise<void> {
  const children = Array.from({ length: Math.min(jobs, count) }, (_, job) => {
    const seeds = { from: from + job, count: count - job, every: jobs };
    return spawn(process.execPath, args(seeds), { stdio: ['ignore', 'pipe', 'inherit'] });
  });
  const end = () => children.forEach((child) => child.kill());
  process.once('exit', end);
  try {
    await Promise.all(
      children.map(async (child) => {
        const ended = once(child, 'exit');
        for await (const line of createInterface(child.stdout)) tell(JSON.parse(line) as SeedResult);
        const [code, signal] = await ended;
        if (code !== 0 && code !== 1) throw new Error(`a process of the simulation has ended with ${signal ?? code}`);
      }),
    );
  } finally {
    end();
    process.removeListener('exit', end);
  }
}
