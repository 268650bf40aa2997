import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { sagaKit } from '../src/root';

const sim = async (...args: readonly string[]) => {
  const { stdout } = await promisify(execFile)(process.execPath, [sagaKit.file, ...sagaKit.args('sim', ...args)]);
  return stdout;
};

test('the three systems of this repository break no promise in some seeds, and each seed is the same again', async () => {
  const lines = (await sim('--seeds', '6', '--jobs', '2', '--json')).trim().split('\n');
  const results = lines.map((line) => JSON.parse(line) as Record<string, any>);
  expect(results.map(({ violations }) => violations)).toEqual(results.map(() => []));
  expect(new Set(results.map(({ scenario }) => scenario)).size).toBe(3);
  expect(results.every(({ processes }) => processes >= 50)).toBe(true);
  const again = JSON.parse(await sim('--from', '2', '--seeds', '1', '--jobs', '1', '--json')) as { digest: string };
  expect(again.digest).toBe(results.find(({ seed }) => seed === 2)!['digest']);
}, 120_000);

test('a summary says what was simulated, what has failed in it, and how fast that was', async () => {
  const said = await sim('--seeds', '1', '--jobs', '1', '--scenario', 'orchestration');
  expect(said).toMatch(/the mall, as an orchestration +1 +\d+ +\d+ +0\n/);
  expect(said).toMatch(/\nfaults: /);
  expect(said).toMatch(/1 seeds, \d+ sagas and choreographies, 0 violations; [\d.]+ a CPU second/);
});

test('a story tells a seed by its messages', async () => {
  expect(await sim('--from', '1', '--story', '--scenario', 'order')).toMatch(
    /^seed 1, the order system, digest [0-9a-f]{64}\n\n/,
  );
});
