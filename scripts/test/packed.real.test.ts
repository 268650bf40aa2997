import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { given } from '../../common/kit/test/given';
import { Child } from '../../common/cli/src/command/child';
import { root } from '../src/root';
import { freePort } from '../src/trial/crash-trial';

const folder = mkdtempSync(join(tmpdir(), 'saga-kit-packed-'));
const installMs = 300_000;
const tools = ['typescript@~6.0', 'jest@^30', '@swc/core@^1', '@swc/jest@^0.2', '@types/jest@^30', '@types/node@^22'];

/** What is packed, with what a team needs to compile and test, in a folder that has nothing of this repository. */
beforeAll(() => {
  writeFileSync(join(folder, 'package.json'), '{ "name": "shops", "version": "1.0.0", "private": true }');
  const packages = ['kit', 'cli'].map((name) => join(root, 'common', name));
  execFileSync('npm', ['pack', '--silent', ...packages], { cwd: folder });
  const packed = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
  const flags = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--silent'];
  const names = [...packed.map((file) => `./${file}`), 'zod@^4', ...tools];
  execFileSync('npm', ['install', ...flags, ...names], { cwd: folder });
}, installMs);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the first steps say: files to be written, commands to be typed, and what is printed. */
const steps = [
  ...readFileSync(join(root, 'docs', 'first-steps.md'), 'utf8').matchAll(
    /(?:<!-- file (\S+) -->\n\n)?```(\w*)\n([^]*?)```/g,
  ),
].map(([, file, language, text]) => ({ file, language, text: text! }));
const commands = (which: string) => steps.find(({ language, text }) => language === 'sh' && text.includes(which))!.text;

describe.each([
  { kind: 'CommonJS', type: 'commonjs', js: '' },
  { kind: 'ESM', type: 'module', js: '.js' },
])('a project in $kind that has installed what is packed', ({ type, js }) => {
  const project = join(folder, type);
  const PATH = `${join(folder, 'node_modules', '.bin')}:${process.env['PATH']}`;
  /** As it is typed; what `npx` would find in the project is one folder higher here. */
  const typed = (lines: string) => {
    const shell = ['-e', '-c', lines.replaceAll('npx ', '')];
    const { status, stdout, stderr } = spawnSync('bash', shell, {
      cwd: project,
      encoding: 'utf8',
      env: { ...process.env, PATH },
    });
    return { status, said: stdout, all: `${stdout}${stderr}` };
  };
  const run = (name: string, ...args: readonly string[]) => {
    const { status, all } = typed([name, ...args].join(' '));
    return { status, said: all };
  };

  beforeAll(() => {
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'shops', private: true, type }));
  });

  test('has two services that talk and whose tests pass, once the first steps are typed word by word', () => {
    const written = typed(commands('saga-kit new service'));
    expect(written).toEqual({ ...written, status: 0, said: expect.stringContaining('written  src/contracts.ts') });
    for (const { file, text } of steps)
      if (file) writeFileSync(join(project, file), text.replace(/(from '\.[^']*)'/g, `$1${js}'`));
    const tested = typed(commands('npx jest'));
    expect(tested).toEqual({ ...tested, status: 0 });
    expect(tested.all).toContain('sale.test');
  }, 120_000);

  const answers = steps[steps.findIndex(({ text }) => text.includes('curl')) + 1]!.text.trim();
  /** Starts the services, and types what the first steps type then. */
  const sell = async (env: NodeJS.ProcessEnv) => {
    const child = new Child({
      file: join(folder, 'node_modules', '@saga-kit', 'cli', 'dist', 'main.js'),
      args: ['start', '--config', join(project, `saga-kit.config.${type === 'module' ? 'mjs' : 'cjs'}`)],
      env: { PORT: `${await freePort()}`, DATA_DIR: join(project, '.data'), ...env },
    });
    try {
      await child.start();
      return typed(commands('curl').replaceAll('localhost:3000', child.url.replace('http://', ''))).said;
    } finally {
      await child.stop();
    }
  };

  test('runs on the embedded default, as the first steps say', async () => {
    expect(await sell({})).toBe(answers);
  }, 60_000);

  given(
    'KAFKA_BROKERS',
    'SCHEMA_REGISTRY_URL',
    'MYSQL_URL',
  )('on real components', () => {
    test('says the same', async () => {
      expect(await sell({ PROFILE: 'kafka', MYSQL_DATABASE_PREFIX: `packed_${type}_` })).toBe(answers);
    }, 120_000);
  });

  test('is refused what is there already, and nothing is written', () => {
    expect(run('saga-kit', 'new', 'service', 'shop')).toEqual({
      status: 2,
      said: expect.stringMatching(/is there already/),
    });
    expect(existsSync(join(project, 'src', 'other'))).toBe(false);
    expect(run('saga-kit', 'new', 'service', 'other', '--dry-run')).toEqual({
      status: 0,
      said: expect.stringContaining('would write   src/other/module.ts'),
    });
    expect(existsSync(join(project, 'src', 'other'))).toBe(false);
  });

  test('has its services known by the command', () => {
    const { status, said } = run('saga-kit', 'topics', 'acls');
    expect({ status, said }).toEqual({ status: 0, said: expect.stringContaining('--topic warehouse-low-stock') });
  });

  test('is told what to write where there is no configuration', () => {
    rmSync(join(project, type === 'module' ? 'saga-kit.config.mjs' : 'saga-kit.config.cjs'));
    const told = expect.stringMatching(/^there is no saga-kit\.config[^]*defineConfig/);
    expect(run('saga-kit', 'start')).toEqual({ status: 2, said: told });
  });
});

const entries = ['', '/service', '/http', '/testing', '/conformance', '/runtime', '/kafka', '/tools'];

describe('the package', () => {
  const project = join(folder, 'types');
  const run = (program: string, ...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: project, encoding: 'utf8' });
    return { status, said: `${stdout}${stderr}` };
  };
  beforeAll(() => {
    mkdirSync(project);
    const lines = entries.map((entry, index) => `import * as entry${index} from 'saga-kit${entry}';`);
    writeFileSync(
      join(project, 'all.ts'),
      `${lines.join('\n')}\nexport const all = [${entries.map((_, index) => `entry${index}`).join(', ')}];\n`,
    );
  });

  test.each([
    ['node10', 'commonjs', '--ignoreDeprecations', '6.0'],
    ['node16', 'node16'],
    ['nodenext', 'nodenext'],
    ['bundler', 'esnext'],
  ])(
    'has types that are found and right under %s',
    (resolution, module, ...more) => {
      const tsc = join(folder, 'node_modules', '.bin', 'tsc');
      const flags = [
        '--strict',
        '--noEmit',
        '--target',
        'es2023',
        '--lib',
        'es2023',
        '--types',
        'node',
        '--esModuleInterop',
      ];
      // Under node10 a declaration of inversify's own finds nothing, which is inversify's.
      const skip = resolution === 'node10' ? 'true' : 'false'; // with 'false' it finds all that it finds with 'true'
      const found = ['--module', module, '--moduleResolution', resolution];
      const all = run(tsc, ...flags, '--skipLibCheck', skip, ...found, ...more, 'all.ts');
      expect(all).toEqual({ status: 0, said: '' });
    },
    120_000,
  );

  test('has names that an ES module can import', () => {
    const program =
      "import { saga } from 'saga-kit'; import { service } from 'saga-kit/service'; console.log(typeof saga, typeof service)";
    expect(run(process.execPath, '--input-type=module', '-e', program)).toEqual({
      status: 0,
      said: 'function function\n',
    });
  });

  test('names an entry that it does not have', () => {
    expect(run(process.execPath, '-e', "require('saga-kit/sagas')").said).toContain(
      "Package subpath './sagas' is not defined",
    );
  });

  test('ships what can be read, and no maps to what is not there', () => {
    const kit = join(folder, 'node_modules', 'saga-kit');
    for (const file of ['README.md', 'LICENSE', 'CHANGELOG.md']) expect(existsSync(join(kit, file))).toBe(true);
    const files = readdirSync(kit, { recursive: true }) as string[];
    expect(files.filter((file) => /\.map$|tsbuildinfo|\.test\./.test(file))).toEqual([]);
    expect(readFileSync(join(kit, 'CHANGELOG.md'), 'utf8')).toBe(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'));
  });

  test('names another client of Kafka that is chosen and not installed, with the command that installs it', () => {
    const program = `require('saga-kit/tools')
      .openOnKafka({}, { settings: { KAFKA_CLIENT: 'platformatic' }, instance: 'x-1', environment: {} }, {})
      .catch(({ message }) => console.log(message))`;
    expect(run(process.execPath, '-e', program).said).toBe(
      'KAFKA_CLIENT=platformatic: the package "@platformatic/kafka" is not installed. Run: npm install @platformatic/kafka\n',
    );
  });

  test('names a driver that is not installed, with the command that installs it', () => {
    rmSync(join(folder, 'node_modules', 'mysql2'), { recursive: true });
    const program =
      "require('saga-kit/tools').startOnKafka({ name: 'x', migrations: [] }, { LOG_LEVEL: 'info' }, () => {}).catch(({ message }) => console.log(message))";
    expect(run(process.execPath, '-e', program).said).toBe(
      'MySQL: the package "mysql2" is not installed. Run: npm install mysql2\n',
    );
  });
});
