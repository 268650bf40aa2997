import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../src/root';

const folder = mkdtempSync(join(tmpdir(), 'saga-kit-alone-'));
const installMs = 300_000;

/** The kit and nothing else of ours, so without a driver: what the command brings would hide what is missing. */
beforeAll(() => {
  writeFileSync(join(folder, 'package.json'), '{ "name": "alone", "version": "1.0.0", "private": true }');
  execFileSync('npm', ['pack', '--silent', join(root, 'common', 'kit')], { cwd: folder });
  const packed = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
  const flags = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--silent'];
  const tools = ['typescript@~6.0', 'jest@^30', '@types/node@^22'];
  execFileSync('npm', ['install', ...flags, ...packed.map((file) => `./${file}`), ...tools], { cwd: folder });
}, installMs);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const entries = ['', '/service', '/http', '/testing', '/conformance', '/runtime', '/tools'];
const run = (program: string, args: readonly string[], { cwd = folder, env = {} } = {}) => {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
  });
  return { status, said: `${stdout}${stderr}` };
};

const strict = '--strict --noEmit --target es2023 --lib es2023 --types node --skipLibCheck false'.split(' ');

test.each([
  // inversify's own declarations name a file that node10 does not find; it has no types that anybody needs.
  {
    resolution: 'node10',
    module: 'commonjs',
    files: ['ts'],
    more: ['--ignoreDeprecations', '6.0', '--noUncheckedSideEffectImports', 'false'],
  },
  { resolution: 'node16', module: 'node16', files: ['cts', 'mts'], more: [] },
  { resolution: 'nodenext', module: 'nodenext', files: ['cts', 'mts'], more: [] },
  { resolution: 'bundler', module: 'esnext', files: ['ts'], more: [] },
])(
  'no type under $resolution needs a driver',
  ({ resolution, module, files, more }) => {
    const lines = entries.map((entry, index) => `import * as entry${index} from 'saga-kit${entry}';`);
    const all = `export const all = [${entries.map((_, index) => `entry${index}`).join(', ')}];`;
    const names = files.map((extension) => `all.${extension}`);
    for (const name of names) writeFileSync(join(folder, name), `${lines.join('\n')}\n${all}\n`);
    const tsc = join(folder, 'node_modules', 'typescript', 'bin', 'tsc');
    const flags = [...strict, '--moduleResolution', resolution, '--module', module, ...more];
    expect(run(process.execPath, [tsc, ...flags, ...names])).toEqual({ status: 0, said: '' });
  },
  120_000,
);

test('an ES module sees every name that a CommonJS one does', () => {
  const program = `
    import { createRequire } from 'node:module';
    const load = createRequire(process.cwd() + '/package.json');
    for (const entry of ${JSON.stringify(entries)}) {
      const names = Object.keys(await import('saga-kit' + entry));
      const lacking = Object.keys(load('saga-kit' + entry)).filter((name) => !names.includes(name));
      console.log(entry, names.length > 1, lacking.join());
    }`;
  const said = entries.map((entry) => `${entry} true \n`).join('');
  expect(run(process.execPath, ['--input-type=module', '-e', program])).toEqual({ status: 0, said });
});

test.each(['require', 'import'])('Kafka is missed by name, with the command that installs it, by %s', (by) => {
  const program = `Promise.resolve().then(() => ${by}('saga-kit/kafka')).catch(({ message }) => console.log(message))`;
  expect(run(process.execPath, ['-e', program]).said).toBe(
    'Kafka and a schema registry: the package "kafkajs" is not installed. Run: npm install kafkajs @kafkajs/confluent-schema-registry kafkajs-snappy lz4js\n',
  );
});

test('the embedded default needs nothing more', () => {
  const program = `
    const { embeddedSettings, settingsFrom, startEmbedded } = require('saga-kit/tools');
    const { stub } = require('saga-kit/testing');
    const settings = settingsFrom(embeddedSettings, { PORT: '0', DATA_DIR: 'data' });
    startEmbedded([stub('nobody', [])], settings, console.error)
      .then(async ({ url, stop }) => {
        console.log((await fetch(url + '/health/ready')).status);
        await stop();
      });`;
  expect(run(process.execPath, ['-e', program])).toEqual({ status: 0, said: '200\n' });
});

const worldTest = `
  const Paid = event({ type: 'record', name: 'Paid', namespace: 'shop', topic: 'paid', fields: [] });
  const Pay = command({
    type: 'record', name: 'Pay', namespace: 'shop', topic: 'pay', fields: [], reply: Paid, refusals: [],
  });
  test('a command is answered', async () => {
    const world = await worldOf(stub('payment', [Pay]));
    await world.send(Pay.of({}), { target: 'SALE', txId: '1' });
    await world.settled();
    expect(world.log).toEqual(['Pay', 'Paid']);
    await world.close();
  });`;

test.each([
  {
    kind: 'CommonJS',
    type: 'commonjs',
    imports: "const { command, event } = require('saga-kit'); const { stub, worldOf } = require('saga-kit/testing');",
    env: {},
  },
  {
    kind: 'ES modules',
    type: 'module',
    imports: "import { command, event } from 'saga-kit'; import { stub, worldOf } from 'saga-kit/testing';",
    env: { NODE_OPTIONS: '--experimental-vm-modules --no-warnings' },
  },
])(
  'a world lives in jest as it comes, in a folder of $kind',
  ({ type, imports, env }) => {
    const cwd = join(folder, type);
    mkdirSync(cwd);
    writeFileSync(join(cwd, 'package.json'), JSON.stringify({ private: true, type }));
    writeFileSync(join(cwd, 'pay.test.js'), imports + worldTest);
    const { status, said } = run(process.execPath, [join(folder, 'node_modules', 'jest', 'bin', 'jest.js')], {
      cwd,
      env,
    });
    expect({ status, said }).toEqual({ status: 0, said: expect.stringContaining('1 passed, 1 total') });
  },
  60_000,
);
