import type { Scenario } from './scenario';
import { simulate, type Reduction, type SimulatedRun } from './simulation';

/** A run of fewer actions and fewer faults that shows the same, and what was left out for it. */
export interface ShrunkRun {
  readonly run: SimulatedRun;
  readonly reduction: Reduction;
  /** How many runs that took. */
  readonly tries: number;
}

const triesMax = 200;

/**
 * Leaves out actions and faults as long as the first violation's checker still finds something, in 200 runs at the most.
 * Source: Zeller & Hildebrandt, "Simplifying and isolating failure-inducing input" (2002).
 */
export async function shrink(
  scenario: Scenario,
  failed: SimulatedRun,
  say?: (tries: number) => void,
): Promise<ShrunkRun> {
  const wanted = failed.violations[0]?.checker;
  if (wanted === undefined) throw new Error(`seed ${failed.seed} shows no violation: there is nothing to shrink`);
  let smallest: ShrunkRun = { run: failed, reduction: {}, tries: 0 };
  let tries = 0;
  const fails = async (reduction: Reduction): Promise<boolean> => {
    if (tries === triesMax) return false;
    say?.(++tries);
    const run = await simulate(scenario, failed.seed, reduction);
    if (!run.violations.some(({ checker }) => checker === wanted)) return false;
    smallest = { run, reduction, tries };
    return true;
  };
  const every = Array.from({ length: scenario.actions }, (_, index) => index);
  await fewer(every, (actions) => fails({ ...smallest.reduction, actions: new Set(actions) }));
  await fails({ ...smallest.reduction, outages: false });
  for (const kind of Object.keys(failed.faults)) {
    const without = new Set([...(smallest.reduction.without ?? []), kind]);
    await fails({ ...smallest.reduction, without });
  }
  const mishaps = smallest.run.mishaps.map(({ id }) => id);
  if (!(await fails({ ...smallest.reduction, mishaps: new Set() })))
    await fewer(mishaps, (some) => fails({ ...smallest.reduction, mishaps: new Set(some) }));
  return { ...smallest, tries };
}

/** Looks for a part of the list that still fails, in ever smaller pieces; a piece alone first, then all but a piece. */
async function fewer<T>(list: readonly T[], fails: (part: readonly T[]) => Promise<boolean>): Promise<void> {
  let left = list;
  for (let pieces = 2; left.length > 1 && pieces <= 2 * left.length;) {
    const size = Math.ceil(left.length / pieces);
    const starts = Array.from({ length: Math.ceil(left.length / size) }, (_, piece) => piece * size);
    const parts = [
      ...starts.map((start) => left.slice(start, start + size)),
      ...(pieces > 2 ? starts.map((start) => [...left.slice(0, start), ...left.slice(start + size)]) : []),
    ];
    const failing = await firstOf(parts, fails);
    if (failing) [left, pieces] = [failing, Math.max(2, pieces - 1)];
    else if (size === 1) return;
    else pieces *= 2;
  }
}

async function firstOf<T>(parts: readonly T[], fails: (part: T) => Promise<boolean>): Promise<T | undefined> {
  for (const part of parts) if (await fails(part)) return part;
  return undefined;
}
