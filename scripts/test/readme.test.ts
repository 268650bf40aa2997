import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedSystem } from '../src/trial/embedded-system';
import { settingsTable } from '../../common/cli/src/settings/settings-table';
import { freePort } from '../src/trial/crash-trial';

const root = join(__dirname, '..', '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

/** Every fenced block, with what stands before it. */
const blocks = [...readme.matchAll(/(?:<!-- excerpt of (\S+) -->\n\n)?```(\w*)\n([\s\S]*?)```/g)].map(
  ([, file, language, text]) => ({ file, language: language!, text: text! }),
);
const words = (text: string) => text.replace(/\s+/g, ' ').trim();

describe.each(blocks.filter(({ language }) => language === 'ts'))(
  'the code that begins with $text',
  ({ file, text }) => {
    test('stands like this in the file that is named above it', () => {
      expect(file).toBeDefined();
      expect(words(readFileSync(join(root, file!), 'utf8'))).toContain(words(text));
    });
  },
);

test('every npm script and every file that the README names is there', () => {
  const named = [...readme.matchAll(/npm run (?:-s )?([\w-]+)/g)].map(([, name]) => name!);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
  for (const [, file] of readme.matchAll(/\]\(([\w/.-]+)\)/g))
    expect(() => readFileSync(join(root, file!))).not.toThrow();
});

test('the table of settings is what the settings say of themselves', () => {
  const table = readme.slice(readme.indexOf('<!-- settings -->')).split('\n\n')[1]!;
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

  const typed = blocks.flatMap((block, index) =>
    block.text.includes('curl') ? [{ text: block.text, answer: blocks[index + 1]!.text }] : [],
  );

  test.each(typed)('$text', ({ text, answer }) => {
    const here = text.replaceAll('localhost:3000', `127.0.0.1:${system.port}`);
    const said = execFileSync('bash', ['-c', `sleep 0.5; ${here}`], { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
    const pattern = answer
      .trim()
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '…')
      .split(/\s*…\s*/)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('[\\s\\S]*');
    expect(said.replaceAll('\r', '').trim()).toMatch(new RegExp(`^${pattern}$`));
  });
});
