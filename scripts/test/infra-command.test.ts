import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sagaKit } from '../src/root';

const folder = mkdtempSync(join(tmpdir(), 'infra-command-'));
afterAll(() => rmSync(folder, { recursive: true }));
const addresses = {
  KAFKA_BROKERS: '127.0.0.1:1',
  SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1',
  MYSQL_URL: 'mysql://me:secret@127.0.0.1:1',
};

/** On a machine that has nothing, unless `env` says more. */
function infra(args: string, env: Record<string, string> = {}) {
  const command = [sagaKit.file, 'infra', ...args.split(' ').filter(Boolean)];
  const options = { env: { PATH: '', DATA_DIR: folder, ...env }, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, command, options);
  return { status, stdout, stderr };
}

test('--help says what there is', () => {
  const { status, stdout } = infra('start --help');
  expect(status).toBe(0);
  for (const command of ['start', 'stop', 'status', 'env', 'logs'])
    expect(stdout).toContain(`npx saga-kit infra ${command} `);
});

test.each([
  '',
  'begin',
  'toString',
  'start kafka',
  'start --component postgres',
  'start --all',
  'logs --lines many',
  'start --brokers 0',
  'start --brokers many',
  'stop --brokers 3',
  'start --database postgres',
  'stop --component kafka-0',
])('"%s" is not understood, and ends with 2', (args) => {
  const { status, stdout, stderr } = infra(args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^not understood: .+\n\n {2}npx saga-kit infra start/);
});

test('what has to be installed first is said, and ends with 3', () => {
  const { status, stdout, stderr } = infra('start --component kafka');
  expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
  expect(stderr).toMatch(/^kafka +install Java/);
});

test('a wish that is not granted is refused with the way out', () => {
  const { status, stderr } = infra('start --component kafka --brokers 3', { KAFKA_BROKERS: '127.0.0.1:1' });
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('KAFKA_BROKERS is set') });
});

test('env prints what a shell can take over, and ends with 1 while something is missing', () => {
  const lines = Object.entries(addresses).map(([variable, address]) => `${variable}=${address}\n`);
  expect(infra('env', addresses)).toMatchObject({ status: 0, stdout: lines.join('') });
  expect(JSON.parse(infra('env --json', addresses).stdout)).toEqual(addresses);
  const { MYSQL_URL } = addresses;
  expect(infra('env', { MYSQL_URL })).toMatchObject({ status: 1, stdout: lines[2] });
});

test('status ends with 1 while something does not answer, and shows no password', () => {
  const { status, stdout } = infra('status', addresses);
  expect(status).toBe(1);
  expect(stdout.split('\n').map((line) => line.replace(/ +/g, ' '))).toEqual([
    'kafka address 127.0.0.1:1: DOES NOT ANSWER',
    'registry address http://127.0.0.1:1: DOES NOT ANSWER',
    'mysql address mysql://me:…@127.0.0.1:1: DOES NOT ANSWER',
    '',
  ]);
  expect(infra('status')).toMatchObject({ status: 1, stdout: expect.stringMatching(/^kafka +stopped\n/) });
});

test('logs are only there of what was started', () => {
  expect(infra('logs')).toMatchObject({ status: 1, stderr: expect.stringContaining('nothing was started') });
});

test('stop has nothing to do where nothing was started', () => {
  expect(infra('stop')).toEqual({ status: 0, stdout: '', stderr: '' });
});
