import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crashRun, type CrashMatrix } from 'saga-kit/testing';
import { root } from '../src/root';
import { endings } from '../src/simulation/endings';

const file = join(root, 'scripts', 'dist', 'crash-matrix.js');
const run = (...args: readonly string[]) =>
  promisify(execFile)(process.execPath, [file, ...args], { maxBuffer: 50_000_000 });

test.each(['order: REJECT_DURING_PAYMENT', 'mall: COMPLETED'])(
  '%s is what happens, whoever dies at whatever boundary',
  async (ending) => {
    const { stdout } = await run('--ending', ending, '--pairs', '10', '--json');
    const matrix = JSON.parse(stdout) as CrashMatrix;
    expect(matrix.failures).toEqual([]);
    expect(matrix.endings).toMatchObject([{ name: ending, pairs: 10, violated: 0 }]);
    expect(matrix.kinds.filter(({ isRegular, deaths }) => isRegular && deaths === 0)).toEqual([]);
  },
  300_000,
);

test('one run of the matrix is told from its first action to its verdict', async () => {
  const { stdout } = await run('--ending', 'mall: COMPLETED', '--crash', '2', '--crash', '1:all');
  expect(stdout).toMatch(
    /^1 {2}mall-order-1 {2}transaction: commit [^]*\n-- dies: mall-[^]*\n-- dies: all\n[^]*\nno violation\n$/,
  );
});

test('the table that is kept has the kinds of boundaries that the code numbers today', async () => {
  const page = readFileSync(join(root, 'docs', 'crash-matrix.md'), 'utf8');
  const seed = Number(/Seed (\d+)\./.exec(page)![1]);
  const rows = [...page.matchAll(/^\| \d+ +\| (\S+) +\| (.+?) +\| \d+ +\| {15}\|$/gm)];
  const kinds = new Set<string>();
  for (const ending of endings) {
    const { actions } = await crashRun(ending, [], { seed, instances: 1 });
    for (const { service, what } of actions) kinds.add(`${service} ${what}`);
  }
  expect(rows.map(([, service, what]) => `${service} ${what}`).sort()).toEqual([...kinds].sort());
}, 300_000);
