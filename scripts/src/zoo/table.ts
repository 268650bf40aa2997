import type { Bug, Rung } from './bug';
import type { Hunted } from './hunts';

/** A line of the table: what one rung has made of one bug. */
export interface Line {
  readonly bug: string;
  readonly promise: string;
  readonly rung: Rung;
  /** In every start. */
  readonly isFound: boolean;
  /** In how many starts, and of how many. */
  readonly found: number;
  readonly starts: number;
  /** Who has found it, the one that has most often first. */
  readonly checkers: readonly string[];
  /** Of the starts that have found it. */
  readonly seeds: Spread | undefined;
  readonly cpuSeconds: Spread | undefined;
}
interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** `hunted` in the order of the bugs. */
export const linesOf = (bugs: readonly Bug[], hunted: readonly Hunted[]): readonly Line[] =>
  hunted.map(({ bug, rung, starts }) => {
    const found = starts.filter(({ seed }) => seed !== undefined);
    return {
      bug,
      promise: bugs.find(({ name }) => name === bug)!.promise,
      rung,
      isFound: found.length === starts.length,
      found: found.length,
      starts: starts.length,
      checkers: byCount(found.flatMap(({ checkers }) => checkers)),
      seeds: spreadOf(found.map(({ simulated }) => simulated)),
      cpuSeconds: spreadOf(found.map(({ cpuSeconds }) => cpuSeconds)),
    };
  });

/** As Markdown, which people can read as it is. */
export function tableOf(lines: readonly Line[]): string {
  const rows = lines.map(({ bug, promise, rung, isFound, found, starts, checkers, seeds, cpuSeconds }, index) => {
    const isFirst = lines[index - 1]?.bug !== bug;
    const [name, what] = isFirst ? [`\`${bug}\``, promise] : ['', ''];
    const by = checkers.slice(0, 2).join('; ') + (checkers.length > 2 ? ` and ${checkers.length - 2} more` : '');
    return [name, what, rung, isFound ? by : `${found} of ${starts} starts: ${by}`, textOf(seeds), textOf(cpuSeconds)];
  });
  const head = ['bug', 'promise that it breaks', 'rung', 'found by', 'after seeds', 'CPU seconds'];
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function byCount(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one).map(([name]) => name);
}

function spreadOf(numbers: readonly number[]): Spread | undefined {
  const sorted = numbers.map((number) => Math.round(number * 10) / 10).sort((one, other) => one - other);
  if (sorted.length === 0) return undefined;
  return { median: sorted[Math.floor((sorted.length - 1) / 2)]!, least: sorted[0]!, most: sorted.at(-1)! };
}

const textOf = (spread: Spread | undefined): string => {
  if (!spread) return '';
  const { median, least, most } = spread;
  return least === most ? `${median}` : `${median} (${least}–${most})`;
};
