import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../src/root';

const file = join(root, 'scripts', 'dist', 'kafka-trial.js');
const typed = (args: string) =>
  spawnSync(process.execPath, [file, ...args.split(' ').filter(Boolean)], {
    env: { PATH: '', DATA_DIR: '/dev/null/nowhere' }, // whoever starts something instead ends with 1
    encoding: 'utf8',
    timeout: 30_000,
  });

test.each([
  ['', 'kafka-trial -- outages'],
  ['leader', 'kafka-trial -- outages'],
  ['cluster leader', 'kafka-trial -- outages'],
  [
    'cluster --what nonsense',
    '--what is one of leader, two-down, rolling, frozen, half-open, mixed, and not "nonsense"',
  ],
  ['cluster --brokers 3', '--brokers is for outages, restart, takeover, garbage, and not for cluster'],
  ['outages --what leader', '--what is for cluster, and not for outages'],
  ['restart --instances 2', '--instances is for outages, garbage, cluster, and not for restart'],
  ['cluster --away-ms 0', '--away-ms has to be a whole number from 1 on, not "0"'],
  ['takeover --orders many', '--orders has to be a whole number from 1 on, not "many"'],
  ['outages --brokers x', '--brokers has to be a whole number from 1 on, not "x"'],
])('"%s" is not understood, and ends with 2', (args, why) => {
  const { status, stdout, stderr } = typed(args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(why);
});
