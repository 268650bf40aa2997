import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../src/root';

const typed = (command: string, args: string) =>
  spawnSync(process.execPath, [join(root, 'scripts', 'dist', `${command}.js`), ...args.split(' ').filter(Boolean)], {
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
])('kafka-trial: "%s" is not understood, and ends with 2', (args, why) =>
  expectMisunderstood('kafka-trial', args, why),
);

test.each([
  ['crash-trial', '--orders abc', '--orders has to be a whole number from 1 on, not "abc"'],
  ['crash-trial', '--orders 0', '--orders has to be a whole number from 1 on, not "0"'],
  ['crash-trial', '--kills=-1', '--kills has to be a whole number from 0 on, not "-1"'],
  ['crash-trial', '--cancel 1e1', '--cancel has to be a whole number from 0 on, not "1e1"'],
  ['chaos', '--minutes 0', '--minutes has to be a whole number from 1 on, not "0"'],
  ['chaos', '--kind nonsense', '--kind is one of instance killed, instance frozen, '],
  ['chaos', '--seed=-1', '--seed has to be a whole number from 0 on, not "-1"'],
  ['purge-trial', '--on oracle', '--on is mysql or sqlite, and not "oracle"'],
  ['purge-trial', '--sagas 0', '--sagas has to be a whole number from 1 on, not "0"'],
  ['mall-trial', 'embedded --at-once ten', '--at-once has to be a whole number from 1 on, not "ten"'],
])('%s: "%s" is not understood, and ends with 2', expectMisunderstood);

function expectMisunderstood(command: string, args: string, why: string): void {
  const { status, stdout, stderr } = typed(command, args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(why);
}
