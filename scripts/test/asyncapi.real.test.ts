import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, sagaKit } from '../src/root';

const folder = mkdtempSync(join(tmpdir(), 'saga-kit-asyncapi-'));
const installMs = 180_000;
const run = (file: string, args: readonly string[], input?: string) =>
  execFileSync(file, args, { cwd: folder, encoding: 'utf8', ...(input !== undefined && { input }) });

beforeAll(() => {
  const install = ['install', '--prefix', '.', '--ignore-scripts', '--no-audit', '--no-fund', '@asyncapi/parser@3.6.6'];
  run('npm', install);
}, installMs);
afterAll(() => rmSync(folder, { recursive: true }));

/** What the parser finds, but for the advice to name a newer version. */
const program = `
  const { Parser } = require('@asyncapi/parser');
  const { readFileSync } = require('node:fs');
  new Parser().parse(readFileSync(0, 'utf8')).then(({ document, diagnostics }) => {
    const found = diagnostics.filter(({ code }) => code !== 'asyncapi-latest-version').map(({ message }) => message);
    console.log(JSON.stringify({ channels: document ? document.channels().all().length : 0, found }));
  });`;

test.each([
  ['the order system', 'saga-kit.config.cjs', 10],
  ['the mall', 'examples/mall/choreography/saga-kit.config.cjs', 3],
  ['the orchestrated mall', 'examples/mall/orchestration/saga-kit.config.cjs', 5],
])("AsyncAPI's own parser accepts the description of %s", (_, config, channels) => {
  const args = [sagaKit.file, 'asyncapi', '--config', join(root, config)];
  const document = execFileSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 20_000_000 });
  expect(JSON.parse(run(process.execPath, ['-e', program], document))).toEqual({ channels, found: [] });
});
