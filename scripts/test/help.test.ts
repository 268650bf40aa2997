import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../src/infra/root';

/** What can be called: the scripts that the package names, and each service alone. */
const { scripts } = jest.requireActual<{ scripts: Record<string, string> }>('../../package.json');
const compiled = readdirSync(join(root, 'scripts', 'dist')).filter((file) => file.endsWith('.js'));
const commands = Object.keys(scripts)
  .filter((name) => compiled.includes(`${name}.js`))
  .map((name) => join('scripts', 'dist', `${name}.js`));
const services = ['order', 'user', 'kitchen', 'payment'].map((name) => join(name, 'dist', 'main.js'));

function run(file: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, file), ...args], {
    env: { PATH: '', DATA_DIR: '/dev/null/nowhere' }, // whoever starts something instead ends with 1
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, stdout, stderr };
}

test('every command is tried', () => {
  for (const name of ['start', 'infra', 'stub', 'settings', 'schemas', 'topics', 'crash-trial', 'kafka-trial'])
    expect(commands).toContain(join('scripts', 'dist', `${name}.js`));
});

test.each([...commands, ...services])('%s --help says how it is called, and does nothing', (file) => {
  const { status, stdout, stderr } = run(file, '--help');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/npm (run|start)/);
});

test.each([...commands, ...services])('%s does not take what it does not know, and ends with 2', (file) => {
  const { status, stdout, stderr } = run(file, '--nonsense');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/--nonsense/);
  expect(stderr).toMatch(/npm (run|start)/);
});

test.each(['scripts/dist/start.js', ...services])('%s --help says where it listens, and where settings are', (file) => {
  const { stdout } = run(file, '--help');
  expect(stdout).toContain('PORT');
  expect(stdout).toContain('npm run settings');
});

test('whoever is started says which process it is', () => {
  const program = "require('saga-kit/app').run('it is', {}, async () => ({ url: 'here', stop: async () => {} }))";
  const { pid, stdout } = spawnSync(process.execPath, ['-e', program], {
    cwd: join(root, 'scripts'),
    encoding: 'utf8',
  });
  expect(stdout).toMatch(/^it is ready on here/);
  expect(stdout).toContain(`\n  process    ${pid}\n`);
});
