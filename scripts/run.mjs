// The one way in: makes sure that what a command needs is installed and built, then runs it. Plain JavaScript, since it
// has to run when nothing is there yet.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compile } from './compile.mjs';
import { otherNode, pathBefore } from './current-node.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name) => join(root, 'node_modules', '.bin', name);
const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const examples = workspaces.filter((workspace) => workspace.startsWith('examples/'));
const projects = [...workspaces, 'scripts'];

const tool = (help, runs) => ({ help, runs });
const script = (help) => ({ help, script: true });
const sagaKit = (help, folder = '', ...args) => ({ ...script(help), isSagaKit: true, folder, args });
const onExamples = (command) => ({ ...command, isOnExamples: true });
const example = (help, folder) => sagaKit(help, folder, 'start');
const services = workspaces.filter((workspace) => !workspace.includes('/'));
const commands = {
  start: sagaKit('run the order system'),
  mall: example('run the mall, an example: services that only tell what has happened', 'examples/mall/choreography'),
  'mall-orchestrated': example(
    'run the same mall, conducted by a saga, over event-sourced aggregates',
    'examples/mall/orchestration',
  ),
  sim: onExamples(sagaKit('simulate the services while everything fails; --help says how')),
  infra: sagaKit('start and stop Kafka, a schema registry and MySQL; --help says how'),
  stub: sagaKit('play services on Kafka, by rules; --help says how'),
  settings: sagaKit('print the environment variables'),
  'kafka-trial': script('the same on Kafka, while everything that can go away does; --help says how'),
  chaos: script('the same while everything goes wrong that a seed draws; --help says how'),
  schemas: sagaKit('register and check the schemas of all that is sent; --help says how'),
  topics: sagaKit('create and check the topics; --help says how'),
  'crash-matrix': onExamples(script('let processes die at each boundary between two durable actions; --help says how')),
  'crash-trial': script('kill the system in the middle of its work and audit the books; --help says how'),
  zoo: onExamples(script('break the kit on purpose, and see who finds it; --help says how')),
  'purge-trial': script('purge finished sagas while orders go on, and measure it; --help says how'),
  'mall-trial': script('the same in the mall, whose customers change their minds; --help says how'),
  bench: tool('measure how many sagas a second go through, side by side; --help says how', [
    join(root, 'bench', 'throughput.mjs'),
  ]),
  'telemetry-cost': tool('measure what traces and CloudEvents cost an order; --help says how', [
    join(root, 'bench', 'telemetry.mjs'),
  ]),
  dev: tool('build, restart and test on every change', [join(root, 'scripts', 'dev.mjs')]),
  test: tool('run all tests; arguments go to jest', [bin('jest')]),
  build: tool('compile what has changed'),
  api: tool('list what the package exports', [join(root, 'scripts', 'api.mjs')]),
  'api-docs': tool('write the API reference into .cache/api', [bin('typedoc')]),
  rooms: tool('print how full each room is', [join(root, 'scripts', 'rooms.mjs')]),
  lint: tool('look for what the rules forbid', [bin('eslint'), '.']),
  format: tool('format every file', [bin('prettier'), '--write', '.']),
  check: {
    ...tool('types, lint, format, architecture, tests', [bin('jest')]),
    // The first one takes as long as all the others.
    looks: [
      [bin('eslint'), '.'],
      [bin('tsc'), '-p', 'tsconfig.tests.json'],
      [bin('prettier'), '--check', '.'],
      [bin('tsc'), '-p', 'common/cli/console'],
      [bin('depcruise'), '--config', '.dependency-cruiser.cjs', ...projects.map((project) => `${project}/src`)],
      [join(root, 'scripts', 'rooms.mjs')],
    ],
  },
};

const [name, ...args] = process.argv.slice(2);
const command = services.includes(name) ? script('run it alone, on Kafka') : commands[name];
if (!command) {
  const width = Math.max(...Object.keys(commands).map((each) => each.length));
  const list = Object.entries(commands).map(([each, { help }]) => `  npm run ${each.padEnd(width)}  ${help}`);
  console.log(`Commands:\n${list.join('\n')}`);
  process.exit(name === undefined || name === '--help' ? 0 : 2);
}
const node = otherNode();
if (node) {
  process.env.PATH = pathBefore(node);
  process.exit(await run(node, process.argv.slice(1)));
}
install(command);
const runs = command.script
  ? projects.filter((each) => !examples.includes(each) || command.isOnExamples || each === command.folder)
  : projects;
compile(root, runs, { checked: !command.script });
if (command.script) {
  process.chdir(join(root, command.folder ?? '')); // where the configuration is
  const file = services.includes(name) ? [name, 'dist', 'main.js'] : ['scripts', 'dist', `${name}.js`];
  if (command.isSagaKit)
    process.argv.splice(1, command.folder ? 2 : 1, join(root, 'common', 'cli', 'dist', 'main.js'), ...command.args);
  else process.argv.splice(1, 2, join(root, ...file));
  await import(pathToFileURL(process.argv[1]).href);
} else {
  const left = [...(command.looks ?? [])];
  const [one, other] = await Promise.all([look(left), look(left)]);
  const found = one || other;
  process.exit(found || !command.runs ? found : await run(process.execPath, [...command.runs, ...args]));
}

/** Takes one after the other of what only reads. Once something is found, nothing more is begun. */
async function look(left) {
  for (let own = left.shift(); own; own = left.shift()) {
    const status = await run(process.execPath, own);
    if (status === 0) continue;
    left.length = 0;
    return status;
  }
  return 0;
}

/** Installs what a package of the lock file is missing for. What runs needs no tools; where they are, they stay. */
function install({ script: runsOnly }) {
  const wanted = Object.entries(packagesIn(join(root, 'package-lock.json')));
  const lock = join(root, 'node_modules', '.package-lock.json');
  const present = packagesIn(lock);
  const missing = wanted.filter(
    ([path, { version, optional, link, dev }]) =>
      path.startsWith('node_modules/') &&
      !optional &&
      !(runsOnly && dev) &&
      (link ? !existsSync(join(root, path)) : present[path]?.version !== version),
  );
  if (missing.length === 0) return;
  const hasTools = wanted.some(([path, { dev }]) => dev && present[path]);
  console.error(`Installing ${missing.length} packages; that takes seconds where the registry is quick.`);
  const flags = ['--no-audit', '--no-fund', ...(runsOnly && !hasTools ? ['--omit=dev'] : [])];
  // What is there may be in use, so it is added to. Where that was not ended, npm would take half a package for a whole
  // one: without this file of npm's, all is made anew.
  const isWhole = existsSync(lock);
  if (isWhole) renameSync(lock, `${lock}.before`);
  const how = isWhole ? ['install', '--no-save'] : ['ci'];
  const { status } = spawnSync('npm', [...how, ...flags], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status === 0) return rmSync(`${lock}.before`, { force: true });
  if (isWhole) renameSync(`${lock}.before`, lock); // npm has put back what was there
  process.exit(status ?? 1);
}

function packagesIn(lockFile) {
  return existsSync(lockFile) ? JSON.parse(readFileSync(lockFile, 'utf8')).packages : {};
}

/** A terminal sends Ctrl-C to the child itself; what that ends with is what this ends with. */
function run(file, args) {
  const child = spawn(file, args, { cwd: root, stdio: 'inherit' });
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? (signal ? 130 : 1))));
}
