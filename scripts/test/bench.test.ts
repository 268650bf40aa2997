import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../src/root';

const bench = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(root, 'bench', 'throughput.mjs'), ...args], {
    encoding: 'utf8',
    timeout: 120_000,
  });
const linesOf = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, any>);

test('the embedded system takes its turn at each level of each round, and its books add up', () => {
  const out = mkdtempSync(join(tmpdir(), 'saga-kit-bench-test-'));
  const args = ['--systems', 'embedded', '--levels', '1,4', '--rounds', '2', '--orders', '8', '--json', '--out', out];
  const { status, stdout, stderr } = bench(...args);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  const measured = linesOf(stdout).flatMap((line) => (line['measured'] ? [line['measured']] : []));
  expect(measured.map(({ round, inFlight, sagas }) => [round, inFlight, sagas])).toEqual([
    [1, 1, 8],
    [1, 4, 8],
    [2, 1, 8],
    [2, 4, 8],
  ]);
  expect(measured[0].perSaga).toMatchObject({ nodeUs: expect.any(Number), mysqlUs: null, messages: 8 });
  expect(measured[3].diskBytes).toBeGreaterThan(0);
  expect(readFileSync(join(out, 'bench.jsonl'), 'utf8')).toBe(stdout);
  expect(readFileSync(join(out, 'bench.svg'), 'utf8')).toMatch(/^<svg [^]*<\/svg>\n$/);
  rmSync(out, { recursive: true });
}, 120_000);

test('a system alone prints one line', () => {
  const args = ['--in-flight', '2', '--orders', '6', '--warm-up', '0'];
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'bench', 'embedded.mjs'), ...args], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  expect({ status, lines: linesOf(stdout) }).toEqual({
    status: 0,
    lines: [expect.objectContaining({ system: 'embedded', inFlight: 2, sagas: 6, perSecond: expect.any(Number) })],
  });
}, 120_000);

test.each([
  [['--systems', 'kit,twine'], '--systems are of kit, apart, twin, limit, deployed, embedded, and not "twine"'],
  [['--systems', 'kit,kit'], '--systems has "kit" twice'],
  [['--levels', '1,'], '--levels has to be a whole number from 1 on, not ""'],
  [['--levels', '20000'], '--levels is 10000 at the most, and not 20000'],
  [['--rounds', '0'], '--rounds has to be a whole number from 1 on, not "0"'],
  [['--rounds', '99'], '--systems, --levels and --rounds make 2376 measurements, of 500 at the most'],
  [['--seconds', '601'], '--seconds is 600 at the most, and not 601'],
  [['--orders', 'all'], '--orders has to be a whole number from 1 on, not "all"'],
])('%j is not taken', (args, why) => {
  const { status, stderr } = bench(...args);
  expect({ status, stderr: stderr.trim() }).toEqual({ status: 2, stderr: why });
});

test.each(['growth', 'backlog', 'overload'])('bench/%s.mjs says what it does, and takes nothing else', (name) => {
  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, [join(root, 'bench', `${name}.mjs`), ...args], { encoding: 'utf8', timeout: 60_000 });
  expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining(`node bench/${name}.mjs`) });
  const option = name === 'overload' ? 'seconds' : 'orders';
  expect(run(`--${option}`, 'all')).toMatchObject({
    status: 2,
    stderr: `--${option} has to be a whole number from 1 on, not "all"\n`,
  });
});
