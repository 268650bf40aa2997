// Builds on every change, restarts the order system, and tests what the changes since the last commit touch. Until Ctrl-C.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const bin = (...path) => join(root, 'node_modules', ...path);
/** What runs since the last build: it is ended before anything is started again. */
const running = new Set();

const compiler = start(
  [bin('typescript', 'bin', 'tsc'), '-b', '--watch', '--preserveWatchOutput', ...workspaces, 'scripts'],
  ['ignore', 'pipe', 2],
);
createInterface({ input: compiler.stdout }).on('line', (line) => {
  console.error(line);
  if (line.includes('Found 0 errors')) turn = turn.then(again, again);
});
let turn = Promise.resolve();

async function again() {
  await Promise.all([...running].map(ended));
  running.add(start([join(root, 'common', 'cli', 'dist', 'main.js'), 'start']));
  running.add(
    start([bin('jest', 'bin', 'jest.js'), '--onlyChanged', '--passWithNoTests'], 'inherit', { INFRA: 'none' }),
  );
}

function start(args, stdio = 'inherit', env = {}) {
  return spawn(process.execPath, args, { cwd: root, stdio, env: { ...process.env, ...env } });
}

function ended(child) {
  running.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  return new Promise((resolve) => {
    child.on('exit', resolve);
    child.kill();
  });
}

for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, async () => {
    compiler.kill();
    await Promise.all([...running].map(ended));
    process.exit(130);
  });
