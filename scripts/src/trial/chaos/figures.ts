import type { FaultKind } from './kinds';
import type { Sample } from './watch';

/** A fault that has happened. Milliseconds after the first order. */
export interface HappenedFault {
  readonly kind: FaultKind;
  readonly target: string;
  readonly atMs: number;
  /** Until it was put right. */
  readonly overMs: number;
  /** What there is to say of it. */
  readonly word?: string;
  /** Why it could not be put right. */
  readonly failed?: string;
}

export interface TimedFault extends HappenedFault {
  /**
   * From when it was over, until orders ended at half of the undisturbed rate again, and none was old; null when that was
   * never seen. What other faults did meanwhile counts in.
   */
  readonly recoveredMs: number | null;
}

export interface KindFigures {
  readonly count: number;
  /** Orders, while one was there. */
  readonly endedPerSecond: number;
  readonly recoveredMsMedian: number | null;
  readonly recoveredMsMax: number | null;
}

export interface Figures {
  /** Orders, before the first fault. */
  readonly undisturbedPerSecond: number;
  /** While there was any fault. */
  readonly disturbedPerSecond: number;
  /** So much of the time there was one. */
  readonly disturbedMs: number;
  readonly timeline: readonly TimedFault[];
  readonly kinds: Readonly<Partial<Record<FaultKind, KindFigures>>>;
}

/** An order that is open for longer is old. */
export const oldMs = 10_000;
const rateOverMs = 3_000;
const warmUpMs = 3_000;

type Span = readonly [fromMs: number, untilMs: number];

/** How fast orders ended, and how soon again. */
export function figuresOf(samples: readonly Sample[], happened: readonly HappenedFault[]): Figures {
  const faults = [...happened].sort((one, other) => one.atMs - other.atMs);
  const lastMs = samples.at(-1)?.atMs ?? 0;
  const undisturbedPerSecond = rateIn(samples, [[warmUpMs, faults[0]?.atMs ?? lastMs]]);
  const timeline = faults.map((fault) => ({
    ...fault,
    recoveredMs: recoveredMs(samples, fault.overMs, undisturbedPerSecond / 2),
  }));
  const spans = united(faults.map(({ atMs, overMs }) => [atMs, overMs]));
  const kinds = Object.fromEntries(
    [...new Set(faults.map(({ kind }) => kind))].map((kind) => {
      const own = timeline.filter((each) => each.kind === kind);
      return [kind, kindFigures(samples, own)];
    }),
  );
  return {
    undisturbedPerSecond,
    disturbedPerSecond: rateIn(samples, spans),
    disturbedMs: lengthOf(spans),
    timeline,
    kinds,
  };
}

/** Whether orders end as they did before, after all of these. */
export const isWell = (samples: readonly Sample[], happened: readonly HappenedFault[]): boolean =>
  figuresOf(samples, happened).timeline.every(({ recoveredMs: ms }) => ms !== null);

function kindFigures(samples: readonly Sample[], own: readonly TimedFault[]): KindFigures {
  const times = own.flatMap(({ recoveredMs: ms }) => (ms === null ? [] : [ms])).sort((one, other) => one - other);
  return {
    count: own.length,
    endedPerSecond: rateIn(samples, united(own.map(({ atMs, overMs }) => [atMs, overMs]))),
    recoveredMsMedian: times[Math.floor((times.length - 1) / 2)] ?? null,
    recoveredMsMax: times.length < own.length ? null : (times.at(-1) ?? null),
  };
}

function recoveredMs(samples: readonly Sample[], fromMs: number, perSecond: number): number | null {
  const isRight = ({ atMs, ended, oldestMs }: Sample) =>
    ended !== undefined && oldestMs! <= oldMs && rateIn(samples, [[atMs - rateOverMs, atMs]]) >= perSecond;
  const found = samples.find((sample) => sample.atMs >= fromMs && isRight(sample));
  return found ? found.atMs - fromMs : null;
}

function rateIn(samples: readonly Sample[], spans: readonly Span[]): number {
  const ended = spans.reduce((sum, [from, until]) => sum + endedAt(samples, until) - endedAt(samples, from), 0);
  const lastsMs = lengthOf(spans);
  return lastsMs === 0 ? 0 : round((ended * 1_000) / lastsMs);
}

/** Between two moments at which it is known, it is taken to have grown steadily. */
function endedAt(samples: readonly Sample[], atMs: number): number {
  const known = samples.filter(({ ended }) => ended !== undefined);
  const next = known.findIndex((each) => each.atMs >= atMs);
  if (next === -1) return known.at(-1)?.ended ?? 0;
  if (next === 0) return known[0]!.ended!;
  const [one, other] = [known[next - 1]!, known[next]!];
  return one.ended! + ((other.ended! - one.ended!) * (atMs - one.atMs)) / (other.atMs - one.atMs);
}

const lengthOf = (spans: readonly Span[]): number => spans.reduce((sum, [from, until]) => sum + until - from, 0);

/** Where they overlap, they are one. */
function united(spans: readonly Span[]): readonly Span[] {
  const all: [number, number][] = [];
  for (const [from, until] of [...spans].sort(([one], [other]) => one - other)) {
    const last = all.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], until);
    else all.push([from, until]);
  }
  return all;
}

const round = (perSecond: number): number => Math.round(perSecond * 10) / 10;
