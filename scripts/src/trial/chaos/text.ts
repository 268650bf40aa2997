import type { ChaosReport } from './chaos-trial';
import { clock } from './happen';

const shownMax = 50;

/** A report as a person reads it. */
export function chaosText(report: ChaosReport): string {
  const { seed, timeline, kinds, leftOut, faults: violations } = report;
  const seconds = (ms: number | null) => (ms === null ? 'never' : `${(ms / 1_000).toFixed(1)} s`);
  const ends = Object.entries(report.ends).map(([end, count]) => `${end} ${count}`);
  return [
    `seed ${seed}: ${timeline.length} faults of ${Object.keys(kinds).length} kinds; ${report.orders} orders: ${ends.join(', ')}`,
    '',
    ...table(
      ['at', 'fault', 'target', 'lasted', 'recovered after', ''],
      timeline.map(({ kind, target, atMs, overMs, recoveredMs, word, failed }) => [
        clock(atMs),
        kind,
        target,
        seconds(overMs - atMs),
        seconds(recoveredMs),
        failed === undefined ? (word ?? '') : `FAILED: ${failed.split('\n')[0]}`,
      ]),
    ),
    '',
    ...table(
      ['kind', 'times', 'orders a second meanwhile', 'recovered after: median', 'most'],
      Object.entries(kinds).map(([kind, { count, endedPerSecond, recoveredMsMedian, recoveredMsMax }]) => [
        kind,
        `${count}`,
        `${endedPerSecond}`,
        seconds(recoveredMsMedian),
        seconds(recoveredMsMax),
      ]),
    ),
    ...leftOut.map((each) => `LEFT OUT: ${each}`),
    '',
    `orders a second: ${report.perSecond} placed (${report.passedOver} passed over), ${report.undisturbedPerSecond} ended undisturbed, ${report.disturbedPerSecond} while disturbed (${seconds(report.disturbedMs)})`,
    `nothing PENDING ${seconds(report.settledMs)} after the last order; ${report.messages.committed} messages committed, ${report.messages.onTopics} records on topics`,
    ...(report.timedOut === 0
      ? []
      : [`${report.timedOut} orders ended DEADLINE_EXCEEDED, whose deadline a fault has outlived`]),
    violations.length === 0 ? '0 violations: everything adds up' : `${violations.length} violations:`,
    ...violations.slice(0, shownMax),
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}
