import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { EmbeddedSystem } from '../src/trial/embedded-system';
import { settingsTable } from '../../common/cli/src/settings/settings-table';
import { freePort } from '../src/trial/crash-trial';
import { blocksOf, patternOf, typedIn } from './pages';

const root = join(__dirname, '..', '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

const blocks = blocksOf(readme);
const excerpts = pages.flatMap((page) =>
  blocksOf(readFileSync(join(root, page), 'utf8')).flatMap((block) =>
    block.file === undefined ? [] : [{ page, ...block }],
  ),
);
const words = (text: string) => text.replace(/\s+/g, ' ').trim();

test.each(excerpts)('what $page shows of $file stands like this there: $text', ({ file, text }) => {
  expect(words(readFileSync(join(root, file!), 'utf8'))).toContain(words(text));
});

test('all code of the README is an excerpt', () => {
  expect(blocks.filter(({ language, file }) => language === 'ts' && file === undefined)).toEqual([]);
});

test.each(pages)('every npm script and every file that %s names is there', (page) => {
  const text = readFileSync(join(root, page), 'utf8');
  const named = [...text.matchAll(/npm run (?:-s )?([\w-]+)/g)].map(([, name]) => name!);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
  for (const [, file] of text.matchAll(/\]\(([\w/.-]+)\)/g))
    expect(() => readFileSync(join(root, dirname(page), file!))).not.toThrow();
});

test('the table of settings is what the settings say of themselves', () => {
  const page = readFileSync(join(root, 'docs', 'configuration.md'), 'utf8');
  const table = page.slice(page.indexOf('<!-- settings -->')).split('\n\n')[1]!;
  const cells = (text: string) => text.replace(/\s|-{2,}/g, '');
  expect(cells(table)).toBe(cells(settingsTable()));
});

test('a newcomer has read what it is, seen a saga, started it and placed an order within 30 lines', () => {
  const first = readme.split('\n').slice(0, 30).join('\n');
  for (const what of [
    '# saga-kit',
    'export const orderCreation = saga({',
    'npm start',
    'curl -i',
    'HTTP/1.1 201 Created',
  ])
    expect(first).toContain(what);
});

describe('what the README types into a shell', () => {
  const folder = mkdtempSync(join(tmpdir(), 'saga-kit-readme-'));
  let system: EmbeddedSystem;
  beforeAll(async () => {
    system = new EmbeddedSystem(folder, await freePort());
    await system.start();
  }, 60_000);
  afterAll(async () => {
    await system.stop();
    rmSync(folder, { recursive: true });
  });

  test.each(typedIn(readme))('$text', ({ text, answer }) => {
    const here = text.replaceAll('localhost:3000', `127.0.0.1:${system.port}`);
    const said = execFileSync('bash', ['-c', `sleep 0.5; ${here}`], { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
    expect(said.replaceAll('\r', '').trim()).toMatch(patternOf(answer));
  });
});
