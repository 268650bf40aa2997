import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../src/root';
import { withChange } from '../src/zoo/bug';
import { bugs } from '../src/zoo/bugs';
import { linesOf, tableOf } from '../src/zoo/table';

const zooMs = 120_000;

/** The command, with few seeds. */
async function zoo(...args: readonly string[]) {
  const child = spawn(process.execPath, [join(root, 'scripts', 'dist', 'zoo.js'), ...args], { stdio: 'pipe' });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (data) => (output[name] += data));
  const [status] = await once(child, 'close');
  return { status, ...output };
}

test('there are at least twenty bugs, and each has a name of its own', () => {
  expect(bugs.length).toBeGreaterThanOrEqual(20);
  expect(new Set(bugs.map(({ name }) => name)).size).toBe(bugs.length);
});

test.each(bugs.map((bug) => [bug.name, bug] as const))('%s still is a bug of this kit', (_name, { changes, rungs }) => {
  const texts = new Map<string, string>();
  for (const change of changes) {
    const { file } = change;
    const text = texts.get(file) ?? readFileSync(join(root, 'common', 'kit', 'dist', file), 'utf8');
    texts.set(file, withChange(text, change));
  }
  expect(rungs.length).toBeGreaterThan(0);
});

test.each([
  ['is not there', 'no'],
  ['is there twice', 'row'],
])('a change of what %s is an error, and no change', (_how, find) => {
  const change = { file: 'a.js', find, replace: '' };
  expect(() => withChange('put(row); send(row);', change)).toThrow(/^a\.js has [02] times what is to be changed once/);
});

test.each(['no-inbox-row', 'inbox-row-apart', 'relay-forgets-first'])(
  'the simulation of the order system finds %s, and nothing without it',
  async (bug) => {
    const { status, stdout, stderr } = await zoo(
      '--bug',
      bug,
      '--rung',
      'orders',
      '--seeds',
      '5',
      '--seed-runs',
      '1',
      '--json',
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining(`1 of 1: ${bug} by orders`) });
    expect(JSON.parse(stdout)).toMatchObject({ bug, rung: 'orders', isFound: true, found: 1, starts: 1 });
  },
  zooMs,
);

test('a bug that is called by no name of one is answered with all names', async () => {
  const { status, stdout, stderr } = await zoo('--bug', 'ladybird');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  for (const { name } of bugs) expect(stderr).toContain(name);
});

test('a bug that one start has not found is not found, and the table says in how many it was', () => {
  const [bug] = bugs;
  const start = { from: 1, simulated: 3, cpuSeconds: 2, checkers: ['a checker'], message: 'broken' };
  const starts = [
    { ...start, seed: 3 },
    { ...start, seed: undefined, simulated: 9, checkers: [] },
    { ...start, seed: 7, simulated: 7, checkers: ['another', 'a checker'] },
  ];
  const lines = linesOf(bugs, [{ bug: bug!.name, rung: 'orders', starts }]);
  expect(lines).toMatchObject([{ isFound: false, found: 2, checkers: ['a checker', 'another'] }]);
  expect(tableOf(lines).split('\n').at(-1)).toBe(
    `| \`${bug!.name}\` | ${bug!.promise} | orders | 2 of 3 starts: a checker; another | 3 (3–7) | 2 |`,
  );
});
