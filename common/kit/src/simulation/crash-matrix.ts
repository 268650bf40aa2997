import type { Violation } from './checkers';
import { crashRun, type Crash, type CrashOptions, type CrashRun, type Ending } from './crash-run';
import type { DurableAction } from './durable-actions';
import { hashOf, oneOf, randomFrom, wholeBelow } from './random';

/** One run of a matrix: an ending, by its name, and who dies where in it. */
export interface CrashCell {
  readonly ending: string;
  readonly crashes: readonly Crash[];
}

/** How a matrix is run. */
export interface CrashMatrixOptions extends CrashOptions {
  /** So many pairs of boundaries are drawn, over all endings. */
  readonly pairs: number;
  /** Runs one cell; where nothing is given, here and one after the other. */
  readonly run?: (cell: CrashCell) => Promise<CrashRun>;
  /** So many cells at a time, for a `run` that gives them to others. */
  readonly atOnce?: number;
  /** Is told how far it is. */
  readonly progress?: (done: number, of: number, violated: number) => void;
}

/** What a matrix has come to. */
export interface CrashMatrix {
  readonly seed: number;
  readonly instances: number;
  readonly endings: readonly EndingSeen[];
  /** What there is a boundary after: one for each service and what it does. */
  readonly kinds: readonly KindSeen[];
  readonly failures: readonly CrashFailure[];
}

/** What a matrix has seen of an ending. */
export interface EndingSeen {
  readonly name: string;
  /** The one before the first action included. */
  readonly boundaries: number;
  /** With one death each, and with two; the run without any is not counted. */
  readonly runs: number;
  readonly pairs: number;
  /** Runs that have broken a promise. */
  readonly violated: number;
}

/** A kind of durable action. */
export interface KindSeen {
  readonly service: string;
  readonly what: string;
  /** It is done without a death too; others are of recoveries only. */
  readonly isRegular: boolean;
  /** Runs in which somebody has died there. */
  readonly deaths: number;
}

/** A run that has broken a promise. */
export interface CrashFailure extends CrashCell {
  /** Who died where, in words. */
  readonly deaths: readonly string[];
  readonly violations: readonly Violation[];
}

/**
 * Lets a process die at each boundary between two durable actions of each ending, once alone and once with all others, and
 * at pairs of boundaries that are drawn; boundaries are numbered by a run of the ending without a death. Rejects where such
 * a run does not end as it has to, for then its boundaries are not those of the ending.
 */
export async function crashMatrix(endings: readonly Ending[], options: CrashMatrixOptions): Promise<CrashMatrix> {
  const byName = new Map(endings.map((ending) => [ending.name, ending]));
  const run = options.run ?? (({ ending, crashes }) => crashRun(byName.get(ending)!, crashes, options));
  const seen = new Seen();
  const regular = new Map<string, CrashRun>();
  await atOnce(endings, options.atOnce, async ({ name }) => {
    const undisturbed = await run({ ending: name, crashes: [] });
    const [violation] = undisturbed.violations;
    if (violation) throw new Error(`${name} does not end as it has to, though nobody dies: ${violation.message}`);
    regular.set(name, undisturbed);
    seen.regular(undisturbed);
  });
  const singles = endings.flatMap(({ name }) => singlesOf(name, regular.get(name)!));
  const total = singles.length + options.pairs;
  let done = 0;
  const follow = async (cell: CrashCell) => {
    const outcome = await run(cell);
    seen.run(cell, outcome, regular.get(cell.ending)!);
    options.progress?.(++done, total, seen.failures.length);
  };
  await atOnce(singles, options.atOnce, follow);
  await atOnce(pairsOf(singles, seen, options), options.atOnce, follow);
  return {
    seed: options.seed,
    instances: options.instances,
    endings: endings.map(({ name }) => seen.ending(name, regular.get(name)!)),
    kinds: seen.kinds,
    failures: seen.failures.toSorted((one, other) => idOf(one).localeCompare(idOf(other))),
  };
}

const idOf = ({ ending, crashes }: CrashCell): string => JSON.stringify([ending, crashes]);

/** In words, and the same for the same kind. */
const kindOf = ({ service, what }: DurableAction): string => `${service} ${what}`;

const singlesOf = (ending: string, { actions }: CrashRun): CrashCell[] =>
  Array.from({ length: actions.length + 1 }, (_, boundary) => boundary).flatMap((boundary) =>
    [false, true].map((all) => ({ ending, crashes: [{ boundary, all }] })),
  );

/** Within so many actions after a death, those that have died come back. */
const recoveryActions = 20;

/** The second death of half of all pairs is soon after the first, and of the others at any time until the end. */
function pairsOf(singles: readonly CrashCell[], seen: Seen, { pairs, seed }: CrashMatrixOptions): CrashCell[] {
  const random = randomFrom(hashOf(seed, 'pairs'));
  const followed = singles.filter((cell) => seen.actionsAfter(cell) > 0);
  if (followed.length === 0) return [];
  return Array.from({ length: pairs }, () => {
    const single = oneOf(random, followed);
    const after = seen.actionsAfter(single);
    const boundary = 1 + wholeBelow(random, random() < 0.5 ? Math.min(after, recoveryActions) : after);
    return { ending: single.ending, crashes: [...single.crashes, { boundary, all: random() < 0.25 }] };
  });
}

/** What was seen so far. */
class Seen {
  readonly failures: CrashFailure[] = [];
  private readonly counts = new Map<string, { runs: number; pairs: number; violated: number }>();
  private readonly after = new Map<string, number>();
  private readonly kindsSeen = new Map<string, { -readonly [Name in keyof KindSeen]: KindSeen[Name] }>();

  regular({ actions }: CrashRun): void {
    for (const action of actions) this.kind(action).isRegular = true;
  }

  run(cell: CrashCell, outcome: CrashRun, regular: CrashRun): void {
    const { actions, deaths } = outcome;
    const violations = [...differences(outcome, regular), ...outcome.violations];
    for (const action of actions) this.kind(action);
    for (const { action } of deaths) this.kind(action).deaths++;
    this.after.set(idOf(cell), actions.length - (deaths.at(-1)?.after ?? 0));
    const counts = this.countsOf(cell.ending);
    if (cell.crashes.length === 1) counts.runs++;
    else counts.pairs++;
    if (violations.length === 0) return;
    counts.violated++;
    this.failures.push({ ...cell, deaths: deaths.map(inWords), violations });
  }

  /** How many durable actions there were after the last death of a cell that was run. */
  actionsAfter(cell: CrashCell): number {
    return this.after.get(idOf(cell)) ?? 0;
  }

  ending(name: string, { actions }: CrashRun): EndingSeen {
    return { name, boundaries: actions.length + 1, ...this.countsOf(name) };
  }

  get kinds(): KindSeen[] {
    return [...this.kindsSeen].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, kind]) => kind);
  }

  private countsOf(ending: string) {
    let counts = this.counts.get(ending);
    if (!counts) this.counts.set(ending, (counts = { runs: 0, pairs: 0, violated: 0 }));
    return counts;
  }

  private kind(action: DurableAction) {
    const { service, what } = action;
    let kind = this.kindsSeen.get(kindOf(action));
    if (!kind) this.kindsSeen.set(kindOf(action), (kind = { service, what, isRegular: false, deaths: 0 }));
    return kind;
  }
}

/** Until the first death a run is the one in which nobody dies, or its boundary is another one. */
function differences({ actions, deaths }: CrashRun, regular: CrashRun): Violation[] {
  const at = actions.slice(0, deaths[0]?.after).findIndex((action, index) => {
    const other = regular.actions[index];
    return !other || kindOf(action) !== kindOf(other);
  });
  if (at < 0) return [];
  return [{ checker: 'the same seed is the same run', message: `action ${at + 1} is another one without the death` }];
}

const inWords = ({ instance, action: { service, what }, after }: CrashRun['deaths'][number]): string =>
  `${instance === 'all' ? 'all processes' : instance} at action ${after}, of ${service}: ${what}`;

/** Does it for each, so many at a time. */
async function atOnce<T>(list: readonly T[], count = 1, doIt: (each: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < list.length) await doIt(list[next++]!);
  };
  await Promise.all(Array.from({ length: count }, worker));
}
