import { tableText } from '@saga-kit/cli/internal/command/terminal';
import type { Spread } from './figures';
import { costs, type Costs, type Figures, type Growth, type Rest } from './measured';

/** Tables for people. */
export function told(figures: readonly Figures[], growth: readonly Growth[], rest: readonly Rest[]): string {
  return [speedOf(figures), costsOf(figures), growthTable(growth), restText(rest)].join('\n\n');
}

function speedOf(figures: readonly Figures[]): string {
  const head = ['in flight', 'system', 'sagas/s', 'p50 ms', 'p90 ms', 'p99 ms', '÷ twin', '÷ limit', 'others, %'];
  const rows = figures.map(({ inFlight, system, perSecond, p50Ms, p90Ms, p99Ms, toTwin, toLimit, othersPercent }) => [
    inFlight,
    system,
    ...[perSecond, p50Ms, p90Ms, p99Ms, toTwin, toLimit, othersPercent].map(spreadText),
  ]);
  return `Medians of the rounds (least to most)\n${tableText(head, rows)}`;
}

function costsOf(figures: readonly Figures[]): string {
  const names = Object.keys(costs) as (keyof Costs)[];
  const rows = figures.map(({ inFlight, system, perSaga }) => [
    inFlight,
    system,
    ...names.map((name) => numberText(perSaga[name])),
  ]);
  return `An order takes\n${tableText(['in flight', 'system', ...names.map((name) => costs[name])], rows)}`;
}

function growthTable(growth: readonly Growth[]): string {
  const head = ['system', 'orders in all', 'disk bytes/order', 'RSS MB', 'RSS bytes/order'];
  const rows = growth.map(({ system, sagas, diskBytesPerSaga, rssMb, rssBytesPerSaga }) => [
    system,
    sagas,
    ...[diskBytesPerSaga, rssMb, rssBytesPerSaga].map(numberText),
  ]);
  return `What an order leaves behind\n${tableText(head, rows)}`;
}

function restText(rest: readonly Rest[]): string {
  const percent = (us: number | null) => `${numberText(us === null ? null : us / 10_000)} %`;
  const own = rest.map(({ system, perSecond }) => `${system} ${percent(perSecond.nodeUs)}`);
  const onMysql = rest.find(({ perSecond }) => perSecond.mysqlUs !== null)?.perSecond;
  const theirs = onMysql ? [`MySQL ${percent(onMysql.mysqlUs)}`, `a broker ${percent(onMysql.kafkaUs)}`] : [];
  return `Of a core, at rest: ${[...own, ...theirs].join(', ')}`;
}

const spreadText = (spread: Spread | null): string =>
  spread === null ? '–' : `${numberText(spread.median)} (${numberText(spread.min)} to ${numberText(spread.max)})`;

/** With three digits that say something, and never fewer than there are before the point. */
export function numberText(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return '–';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.max(Math.abs(value), 0.001))));
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}
