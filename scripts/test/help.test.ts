import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { commands } from '../../common/cli/src/saga-kit';
import { root, sagaKit } from '../src/root';

/** What can be called: the commands of saga-kit, the trials, and each service alone. */
const sagaKitOf = (...args: readonly string[]) => [sagaKit.file, ...sagaKit.args(...args)];
const { workspaces } = jest.requireActual<{ workspaces: string[] }>('../../package.json');
const own = readdirSync(join(root, 'scripts', 'dist')).filter((file) =>
  /^(zoo|chaos)\.js$|-(trial|matrix)\.js$/.test(file),
);
const services = workspaces.filter((workspace) => !workspace.includes('/'));
const callable: readonly (readonly [string, readonly string[]])[] = [
  ...Object.keys(commands).map((name) => [name, sagaKitOf(name)] as const),
  ...own.map((file) => [file, [join(root, 'scripts', 'dist', file)]] as const),
  ...['telemetry.mjs', 'throughput.mjs'].map((name) => [name, [join(root, 'bench', name)]] as const),
  ...services.map((name) => [name, [join(root, name, 'dist', 'main.js')]] as const),
];

const { NODE_COMPILE_CACHE } = process.env;
const compiled = NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };

function run(file: readonly string[], ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...file, ...args], {
    env: { PATH: '', DATA_DIR: '/dev/null/nowhere', ...compiled }, // whoever starts something instead ends with 1
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, stdout, stderr };
}

test('every command is tried', () => {
  const names = callable.map(([name]) => name);
  for (const name of [
    'start',
    'infra',
    'stub',
    'settings',
    'schemas',
    'topics',
    'chaos.js',
    'crash-matrix.js',
    'crash-trial.js',
    'kafka-trial.js',
    'mall-trial.js',
    'purge-trial.js',
    'zoo.js',
  ])
    expect(names).toContain(name);
  expect(run(sagaKitOf('--help')).status).toBe(0);
});

test.each(callable)(
  '%s --help says what it does, how it is called and what it ends with, and does nothing',
  (_name, file) => {
    const { status, stdout, stderr } = run(file, '--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^[A-Z].*\n\n {2}.*(npm run|npx saga-kit) [^]*\n\n[^]*Ends with 0/);
  },
);

test.each(callable)('%s does not take what it does not know, and ends with 2', (_name, file) => {
  const { status, stdout, stderr } = run(file, '--nonsense');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/--nonsense[^]*(npm run|npx saga-kit) /);
});

test.each([['start', sagaKitOf('start')], ...callable.slice(-services.length)] as const)(
  '%s --help says where it listens, and where settings are',
  (_name, file) => {
    const { stdout } = run(file, '--help');
    expect(stdout).toContain('PORT');
    expect(stdout).toContain('npx saga-kit settings');
  },
);

test('whoever is started says which process it is', () => {
  const program = "require('saga-kit/tools').run('it is', {}, async () => ({ url: 'here', stop: async () => {} }))";
  const { pid, stdout } = spawnSync(process.execPath, ['-e', program], {
    cwd: join(root, 'scripts'),
    encoding: 'utf8',
  });
  expect(stdout).toMatch(/^it is ready on here/);
  expect(stdout).toContain(`\n  process    ${pid}\n`);
});

test('whoever is still starting ends when the process is gone that has started it', () => {
  const program = "require('saga-kit/tools').run('it is', {}, () => new Promise(() => setInterval(() => {}, 1000)))";
  const parent = `
    const { spawn } = require('node:child_process');
    const child = spawn(process.execPath, ['-e', ${JSON.stringify(program)}], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    child.once('spawn', () => setTimeout(() => process.exit(0), 500));`;
  // Its output stays open for as long as anybody has it: this returns when both have ended.
  const { error, status } = spawnSync(process.execPath, ['-e', parent], {
    cwd: join(root, 'scripts'),
    encoding: 'utf8',
    timeout: 30_000,
  });
  expect({ error, status }).toEqual({ error: undefined, status: 0 });
});
