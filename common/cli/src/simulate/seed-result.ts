import type { SimulatedRun, Violation } from 'saga-kit/testing';

/** What a seed has come to, as a line of JSON. */
export interface SeedResult {
  readonly seed: number;
  readonly scenario: string;
  readonly processes: number;
  readonly messages: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly lastedMs: number;
  readonly digest: string;
  readonly cpuMs: number;
  readonly violations: readonly Violation[];
}

export const resultOf = (run: SimulatedRun, cpuMs: number): SeedResult => ({
  seed: run.seed,
  scenario: run.scenario,
  processes: run.processes,
  messages: run.history.records.length,
  faults: run.faults,
  lastedMs: Math.round(run.lastedMs),
  digest: run.digest,
  cpuMs: Math.round(cpuMs),
  violations: run.violations,
});
