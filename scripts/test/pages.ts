import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { root } from '../src/root';

/** A fenced block of a page, and the file that it says to be an excerpt of. */
export interface Block {
  readonly file: string | undefined;
  readonly language: string;
  readonly text: string;
}

/** Every fenced block of a page. */
export const blocksOf = (page: string): readonly Block[] =>
  [...page.matchAll(/(?:<!-- excerpt of (\S+) -->\n\n)?```(\w*)\n([\s\S]*?)```/g)].map(([, file, language, text]) => ({
    file,
    language: language!,
    text: text!,
  }));

export const pageOf = (name: string): string => readFileSync(join(root, name), 'utf8');

/** What a page types into a shell to ask the services, each with the answer that it shows. */
export function typedIn(page: string): readonly { readonly text: string; readonly answer: string }[] {
  const blocks = blocksOf(page);
  return blocks.flatMap(({ text }, index) =>
    text.includes('curl') || text.startsWith('place ') ? [{ text, answer: blocks[index + 1]!.text }] : [],
  );
}

/** The answer that is shown, as a pattern: `…` and ids stand for anything. */
export function patternOf(answer: string): RegExp {
  const pattern = answer
    .trim()
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '…')
    .split(/\s*…\s*/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[\\s\\S]*');
  return new RegExp(`^${pattern}$`);
}

/** Behind what is printed for what was typed. */
const fence = '\n--- typed ---\n';
const patienceMs = 30_000;
const againMs = 100;

/** Types all of a page into one shell, in an empty folder, and expects each answer as the page shows it; what comes a moment later is asked for until it is there. */
export async function expectAnswers(page: string, url: string, folder: string): Promise<void> {
  const typed = typedIn(page);
  expect(typed.length).toBeGreaterThan(3);
  const shell = spawn('bash', { cwd: folder, stdio: ['pipe', 'pipe', 'ignore'] });
  const chunks = shell.stdout.setEncoding('utf8')[Symbol.asyncIterator]() as AsyncIterator<string, undefined>;
  const type = async (lines: string) => {
    shell.stdin.write(`${lines}\nprintf '${fence.replaceAll('\n', '\\n')}'\n`);
    let said = '';
    while (!said.endsWith(fence)) {
      const { value } = await chunks.next();
      if (value === undefined) throw new Error(`the shell has ended:\n${said}`);
      said += value;
    }
    return said.slice(0, -fence.length);
  };
  try {
    for (const { text, answer } of typed) {
      const [now = '', later] = text.replaceAll('localhost:3000', new URL(url).host).split('sleep 1\n');
      const pattern = patternOf(answer);
      const first = await type(now);
      const all = async () => (first + (later === undefined ? '' : await type(later))).trim();
      let said = await all();
      for (const end = Date.now() + patienceMs; later !== undefined && Date.now() < end; said = await all()) {
        if (pattern.test(said)) break;
        await setTimeout(againMs);
      }
      expect(said).toMatch(pattern);
    }
  } finally {
    shell.kill();
  }
}
