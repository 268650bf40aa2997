import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../src/root';

const measure = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(root, 'bench', 'telemetry.mjs'), ...args], { encoding: 'utf8', timeout: 120_000 });

test('the cost of telemetry is measured in turn, and told as the ratio to having none', () => {
  const { status, stdout, stderr } = measure('--orders', '10', '--rounds', '3', '--json');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const report = JSON.parse(stdout) as { ways: { mode: string; cpuRatio: object }[]; asking: object };
  expect(report.ways.map(({ mode }) => mode)).toEqual(['off', 'unsampled', 'traced', 'cloudevents']);
  expect(report.ways[0]!.cpuRatio).toEqual({ median: 1, min: 1, max: 1 });
  const spread = { median: expect.any(Number), min: expect.any(Number), max: expect.any(Number) };
  for (const way of report.ways)
    expect(way).toEqual({ mode: way.mode, cpuMsPerOrder: spread, ordersPerSecond: spread, cpuRatio: spread });
  expect(report.asking).toMatchObject({ timesPerOrder: expect.any(Number), nsEach: expect.any(Number) });
}, 120_000);

test.each([
  [['--rounds', '2'], '--rounds is 3 at the least, and not 2'],
  [['--orders', 'x'], '--orders has to be a whole number from 1 on, not "x"'],
  [['--orders', '99999'], '--orders for all rounds are 100000 at the most'],
])('%j is not taken', (args, why) => {
  const { status, stderr } = measure(...args);
  expect({ status, stderr: stderr.trim() }).toEqual({ status: 2, stderr: why });
});
