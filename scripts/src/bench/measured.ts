import { groupedBy, spreadOf, type Latencies, type Spread } from './figures';
import type { SystemName } from './options';

/** What an order takes, by its unit; null where nobody can tell, or the system has no such thing. */
export const costs = {
  nodeUs: 'Node µs',
  mysqlUs: 'MySQL µs',
  kafkaUs: 'Kafka µs',
  statements: 'statements',
  roundTrips: 'round trips',
  commits: 'commits',
  rowsWritten: 'rows written',
  sqlBytes: 'SQL bytes',
  messages: 'messages',
} as const;
export type Costs = Readonly<Record<keyof typeof costs, number | null>>;

/** What was measured of a system in a round, with so many orders under way. */
export interface Measured extends Latencies {
  readonly system: SystemName;
  readonly inFlight: number;
  readonly round: number;
  /** That ended in this round, and that have ended since the system was started. */
  readonly sagas: number;
  readonly sagasSoFar: number;
  readonly perSecond: number;
  readonly perSaga: Costs;
  /** Of all processor time, how much went to nobody who was measured: the others at rest, and whoever uses the machine too. */
  readonly othersPercent: number;
  readonly rssBytes: number;
  readonly diskBytes: number | null;
}

/** What a system, and the components that it shares, use in a second in which nobody is asked for anything. */
export interface Rest {
  readonly system: SystemName;
  readonly perSecond: Omit<Costs, 'roundTrips'>;
}

/** A system with so many orders under way, over all rounds. A ratio is one of figures of the same round. */
export interface Figures {
  readonly system: SystemName;
  readonly inFlight: number;
  readonly perSecond: Spread;
  readonly p50Ms: Spread;
  readonly p90Ms: Spread;
  readonly p99Ms: Spread;
  readonly toTwin: Spread | null;
  readonly toLimit: Spread | null;
  readonly othersPercent: Spread;
  /** Medians. */
  readonly perSaga: Costs;
}

/** By the number of orders under way, and then by system, in the order in which they were measured. */
export function figuresOf(measured: readonly Measured[]): Figures[] {
  const levels = [...groupedBy(measured, ({ inFlight }) => inFlight)].sort(([one], [other]) => one - other);
  return levels.flatMap(([inFlight, ofLevel]) => {
    const bySystem = groupedBy(ofLevel, ({ system }) => system);
    return [...bySystem].map(([system, rounds]) => ({
      system,
      inFlight,
      perSecond: spreadOf(rounds.map(({ perSecond }) => perSecond)),
      p50Ms: spreadOf(rounds.map(({ p50Ms }) => p50Ms)),
      p90Ms: spreadOf(rounds.map(({ p90Ms }) => p90Ms)),
      p99Ms: spreadOf(rounds.map(({ p99Ms }) => p99Ms)),
      toTwin: ratiosOf(rounds, bySystem.get('twin')),
      toLimit: ratiosOf(rounds, bySystem.get('limit')),
      othersPercent: spreadOf(rounds.map(({ othersPercent }) => othersPercent)),
      perSaga: mediansOf(rounds),
    }));
  });
}

function ratiosOf(rounds: readonly Measured[], others: readonly Measured[] = []): Spread | null {
  const ratios = rounds.flatMap(({ round, perSecond }) => {
    const other = others.find((each) => each.round === round);
    return other ? [perSecond / other.perSecond] : [];
  });
  return ratios.length > 0 ? spreadOf(ratios) : null;
}

function mediansOf(rounds: readonly Measured[]): Costs {
  const median = (cost: keyof Costs) => {
    const values = rounds.map(({ perSaga }) => perSaga[cost]).filter((value) => value !== null);
    return values.length > 0 ? spreadOf(values).median : null;
  };
  return Object.fromEntries(Object.keys(costs).map((cost) => [cost, median(cost as keyof Costs)])) as unknown as Costs;
}

/** How a system grows with the orders that it has behind it. */
export interface Growth {
  readonly system: SystemName;
  readonly sagas: number;
  readonly rssMb: number;
  /** Between the first and the last round, with the same number of orders under way; null when there was but one. */
  readonly rssBytesPerSaga: number | null;
  readonly diskBytesPerSaga: number | null;
}

export function growthOf(measured: readonly Measured[]): Growth[] {
  return [...groupedBy(measured, ({ system }) => system)].map(([system, own]) => {
    const [first, last] = [own[0]!, own.at(-1)!];
    const like = own.find(({ inFlight }) => inFlight === last.inFlight)!;
    return {
      system,
      sagas: last.sagasSoFar,
      rssMb: last.rssBytes / 1_000_000,
      rssBytesPerSaga: slope(like, last, ({ rssBytes }) => rssBytes),
      diskBytesPerSaga: slope(first, last, ({ diskBytes }) => diskBytes),
    };
  });
}

function slope(one: Measured, other: Measured, of: (measured: Measured) => number | null): number | null {
  const [from, to, sagas] = [of(one), of(other), other.sagasSoFar - one.sagasSoFar];
  return from === null || to === null || sagas === 0 ? null : (to - from) / sagas;
}
