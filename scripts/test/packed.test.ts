import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../src/root';

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

/** As a team writes it: a saga that begins with a command to the other service, and ends. */
const saga = (js: string) => `import { orchestrator, record, saga } from 'saga-kit';
import { Reserve } from '../../contracts${js}';
import { ShopWork } from './shop-work${js}';

const Sale = record({
  type: 'record',
  name: 'Sale',
  namespace: 'shop',
  fields: [{ name: 'orderId', type: 'string' }],
});

export const sale = saga({
  name: 'SALE',
  state: Sale,
  compensatable: [{ do: Reserve, undo: 'nothing' }],
});

export const saleOrchestrator = orchestrator(sale, ShopWork, {
  completed: async ({ orderId }, { shops }) => shops.put({ shopId: 1, name: orderId }),
  rejected: async () => {},
});
`;

const exchange = (js: string) => `import { worldOf } from 'saga-kit/testing';
import { LowStock } from './contracts${js}';
import { sale } from './shop/application/sale.saga${js}';
import { ShopWork } from './shop/application/shop-work${js}';
import { shop } from './shop/module${js}';
import { WarehouseWork } from './warehouse/application/warehouse-work${js}';
import { warehouse } from './warehouse/module${js}';

test('two services exchange a command and an event', async () => {
  const world = await worldOf(shop, warehouse);
  const work = world.work('shop', ShopWork);
  await work.run(async ({ sagas }) => sagas.begin(sale, 'o-1', { orderId: 'o-1' }));
  await world.work('warehouse', WarehouseWork).run(async ({ outbox }) => {
    outbox.add({ target: 'STOCK', txId: 'p-1' }, LowStock.of({ productId: 7 }));
  });
  await world.settled();
  expect([...world.log].sort()).toEqual(['LowStock', 'Reserve', 'Reserved']);
  expect(await work.read(({ shops }) => shops.get(1))).toEqual({ shopId: 1, name: 'o-1' });
  await world.close();
});
`;

describe.each([
  { kind: 'CommonJS', type: 'commonjs', js: '' },
  { kind: 'ESM', type: 'module', js: '.js' },
])('a project in $kind that has installed what is packed', ({ type, js }) => {
  const project = join(folder, type);
  const run = (name: string, ...args: readonly string[]) => {
    const file = join(folder, 'node_modules', '.bin', name);
    const { status, stdout, stderr } = spawnSync(file, args, { cwd: project, encoding: 'utf8' });
    return { status, said: `${stdout}${stderr}` };
  };
  const fine = { status: 0, said: expect.any(String) };

  beforeAll(() => {
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'shop', private: true, type }));
  });

  test('is written by the command, compiles and passes its own tests', () => {
    for (const args of [
      'service shop',
      'service warehouse',
      'message warehouse Reserve --reply Reserved --fields orderId:string',
      'message warehouse LowStock --event --to shop --fields productId:long',
    ])
      expect(run('saga-kit', 'new', ...args.split(' '))).toEqual(fine);
    writeFileSync(join(project, 'src', 'shop', 'application', 'sale.saga.ts'), saga(js));
    const module = join(project, 'src', 'shop', 'module.ts');
    const text = readFileSync(module, 'utf8').replace(
      /( {4}bind\(MessageHandler\).*\n)/,
      '$1    bind(MessageHandler).toConstantValue(saleOrchestrator);\n',
    );
    const line = `import { saleOrchestrator } from './application/sale.saga${js}';\n`;
    writeFileSync(module, line + text);
    writeFileSync(join(project, 'src', 'exchange.test.ts'), exchange(js));
    const compiled = run('tsc');
    if (compiled.status !== 0) console.log(compiled.said);
    expect(compiled).toEqual(fine);
    const tested = run('jest', '--silent');
    if (tested.status !== 0) console.log(tested.said);
    expect(tested).toEqual(fine);
  }, 120_000);

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
      for (const skip of resolution === 'node10' ? ['true'] : ['true', 'false'])
        expect(
          run(
            tsc,
            ...flags,
            '--skipLibCheck',
            skip,
            '--module',
            module,
            '--moduleResolution',
            resolution,
            ...more,
            'all.ts',
          ),
        ).toEqual({ status: 0, said: '' });
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

  test('names a driver that is not installed, with the command that installs it', () => {
    rmSync(join(folder, 'node_modules', 'mysql2'), { recursive: true });
    const program =
      "require('saga-kit/tools').startOnKafka({ name: 'x', migrations: [] }, { LOG_LEVEL: 'info' }, () => {}).catch(({ message }) => console.log(message))";
    expect(run(process.execPath, '-e', program).said).toBe(
      'MySQL: the package "mysql2" is not installed. Run: npm install mysql2\n',
    );
  });
});
