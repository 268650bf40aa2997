import { tableText } from '@saga-kit/cli/internal/command/terminal';
import type { CrashFailure, CrashMatrix, KindSeen } from 'saga-kit/testing';

const failuresMost = 20;

/** As it is printed. */
export function textOf(matrix: CrashMatrix): string {
  const { failures } = matrix;
  const told = failures.slice(0, failuresMost).map((failure) => failureText(failure, matrix));
  return [
    tableText(endingsHead, endingsRows(matrix)),
    '',
    `${matrix.kinds.length} kinds of boundaries, each after what it says:`,
    tableText(kindsHead, matrix.kinds.map(kindRow)),
    '',
    ...told,
    verdictOf(matrix),
  ].join('\n');
}

/** As it is kept: docs/crash-matrix.md. */
export const documentOf = (matrix: CrashMatrix): string => `# The crash matrix

Written by \`npm run crash-matrix -- --write docs/crash-matrix.md\`; docs/testing.md says what it does. Seed ${matrix.seed}.

A boundary lies between two durable actions of an ending: commits, publishes, commits of offsets and whatever else is still so after a process has died. The code numbers them itself. At each of them dies the process that has just acted, and in another run die all processes; they are started again, and everything has to end exactly as it does without a death. Pairs are drawn: somebody dies again, while or after they recover.

${markdown(endingsHead, endingsRows(matrix))}

**${verdictOf(matrix)}**

## Kinds of boundaries

${matrix.kinds.length} kinds: after what which service does, and in how many runs somebody has died there. What only a recovery does is marked.

${markdown(kindsHead, matrix.kinds.map(kindRow))}
`;

const endingsHead = ['ending', 'boundaries', 'runs', 'pairs', 'violated'];
const kindsHead = ['kind', 'service', 'what it does', 'deaths', 'when'];

function endingsRows({ endings }: CrashMatrix): (string | number)[][] {
  const rows = endings.map(({ name, boundaries, runs, pairs, violated }) => [name, boundaries, runs, pairs, violated]);
  const sum = (column: number) => rows.reduce((total, row) => total + Number(row[column]), 0);
  return [...rows, ['all', sum(1), sum(2), sum(3), sum(4)]];
}

const kindRow = ({ service, what, deaths, isRegular }: KindSeen, index: number): (string | number)[] => [
  ...[index + 1, service, what, deaths, isRegular ? '' : 'in recoveries'],
];

function verdictOf({ endings, failures }: CrashMatrix): string {
  const runs = endings.reduce((sum, ending) => sum + ending.runs + ending.pairs, 0);
  return failures.length === 0
    ? `In ${runs} runs nothing was lost, nothing happened twice, and everything ended as it had to.`
    : `${failures.length} of ${runs} runs have broken a promise.`;
}

function failureText({ ending, crashes, deaths, violations }: CrashFailure, { seed, instances }: CrashMatrix): string {
  const at = crashes.map(({ boundary, all }) => `--crash ${boundary}${all ? ':all' : ''}`).join(' ');
  const more = instances === 1 ? '' : ` --instances ${instances}`;
  return [
    `${ending}, seed ${seed}`,
    ...deaths.map((death) => `  died: ${death}`),
    ...violations.slice(0, failuresMost).map(({ checker, message }) => `  ${checker}: ${message}`),
    `  again: npm run crash-matrix -- --ending '${ending}' ${at} --seed ${seed}${more}`,
    '',
  ].join('\n');
}

/** Cells as wide as their widest, as the formatter has them. */
function markdown(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const widths = head.map((name, column) => Math.max(3, name.length, ...rows.map((row) => `${row[column]}`.length)));
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells.map((cell, column) => `${cell}`.padEnd(widths[column]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
