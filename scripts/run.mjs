// The one way in: makes sure that what a command needs is installed and built, then runs it. Plain JavaScript, since it
// has to run when nothing is there yet.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name) => join(root, 'node_modules', '.bin', name);
const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const projects = [...workspaces, 'scripts'];

const tool = (help, ...commands) => ({ help, commands });
const script = (help) => ({ help, script: true });
const sagaKit = (help) => ({ ...script(help), isSagaKit: true });
const services = workspaces.filter((workspace) => !workspace.startsWith('common/'));
const commands = {
  start: sagaKit('run the order system'),
  infra: sagaKit('start and stop Kafka, a schema registry and MySQL; --help says how'),
  stub: sagaKit('play services on Kafka, by rules; --help says how'),
  settings: sagaKit('print the environment variables, as the README has them'),
  'kafka-trial': script('the same on Kafka, while everything that can go away does; --help says how'),
  schemas: sagaKit('register and check the schemas of all that is sent; --help says how'),
  topics: sagaKit('create and check the topics; --help says how'),
  'crash-trial': script('kill the system in the middle of its work and audit the books; --help says how'),
  test: tool('run all tests; arguments go to jest', [bin('jest')]),
  build: tool('compile what has changed'),
  lint: tool('look for what the rules forbid', [bin('eslint'), '.']),
  format: tool('format every file', [bin('prettier'), '--write', '.']),
  check: tool(
    'types, lint, format, architecture, tests',
    [bin('tsc'), '-p', 'tsconfig.tests.json'],
    [bin('eslint'), '.'],
    [bin('prettier'), '--check', '.'],
    [bin('depcruise'), '--config', '.dependency-cruiser.cjs', ...projects.map((project) => `${project}/src`)],
    [bin('jest')],
  ),
};

const [name, ...args] = process.argv.slice(2);
const command = services.includes(name) ? script('run it alone, on Kafka') : commands[name];
if (!command) {
  const width = Math.max(...Object.keys(commands).map((each) => each.length));
  const list = Object.entries(commands).map(([each, { help }]) => `  npm run ${each.padEnd(width)}  ${help}`);
  console.log(`Commands:\n${list.join('\n')}`);
  process.exit(name === undefined || name === '--help' ? 0 : 2);
}
install();
build();
if (command.script) {
  process.chdir(root); // where the configuration is
  const file = services.includes(name) ? [name, 'dist', 'main.js'] : ['scripts', 'dist', `${name}.js`];
  if (command.isSagaKit) process.argv.splice(1, 1, join(root, 'common', 'cli', 'dist', 'main.js'));
  else process.argv.splice(1, 2, join(root, ...file));
  await import(pathToFileURL(process.argv[1]).href);
} else {
  for (const [index, [file, ...own]] of command.commands.entries()) {
    const last = index === command.commands.length - 1;
    const status = await run(file, [...own, ...(last ? args : [])]);
    if (status !== 0) process.exit(status);
  }
}

/** Installs when a package of the lock file is missing or of another version. */
function install() {
  const wanted = packagesIn(join(root, 'package-lock.json'));
  const present = packagesIn(join(root, 'node_modules', '.package-lock.json'));
  const missing = Object.entries(wanted).filter(
    ([path, { version, optional, link }]) =>
      path.startsWith('node_modules/') &&
      !optional &&
      (link ? !existsSync(join(root, path)) : present[path]?.version !== version),
  );
  if (missing.length === 0) return;
  console.error(`Installing ${missing.length} packages; one of them compiles for about a minute.`);
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}

function packagesIn(lockFile) {
  return existsSync(lockFile) ? JSON.parse(readFileSync(lockFile, 'utf8')).packages : {};
}

/** Compiles when a source is not the one that was compiled last. */
function build() {
  const stamp = join(root, 'node_modules', '.cache', 'saga-kit', 'built');
  const now = sourcesHash();
  const built = existsSync(stamp) && projects.every((project) => existsSync(join(root, project, 'dist')));
  if (built && readFileSync(stamp, 'utf8') === now) return;
  console.error('Compiling.');
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b', ...projects],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
    },
  );
  if (status !== 0) process.exit(status ?? 1);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, now);
}

function sourcesHash() {
  const hash = createHash('sha256');
  const add = (file) => {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  };
  add(join(root, 'tsconfig.base.json'));
  for (const project of projects) {
    add(join(root, project, 'tsconfig.json'));
    for (const file of readdirSync(join(root, project, 'src'), { recursive: true }).sort())
      if (file.endsWith('.ts') && !file.endsWith('.test.ts')) add(join(root, project, 'src', file));
  }
  return hash.digest('hex');
}

/** Ctrl-C reaches the child as well; what it ends with is what this ends with. */
function run(file, args) {
  const child = spawn(file, args, { cwd: root, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? (signal ? 130 : 1))));
}
