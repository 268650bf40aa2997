import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** Between what one block and the next one print. */
const fence = '\n--- the next block ---\n';

/** Types all of a page into one shell, in an empty folder, and expects each answer as the page shows it; a moment is so many seconds. */
export function expectAnswers(page: string, url: string, folder: string, momentS: number): void {
  const typed = typedIn(page);
  expect(typed.length).toBeGreaterThan(3);
  const lines = typed.map(({ text }) =>
    text.replaceAll('localhost:3000', new URL(url).host).replaceAll('sleep 1', `sleep ${momentS}`),
  );
  const said = execFileSync('bash', ['-c', lines.join(`printf '${fence.replaceAll('\n', '\\n')}'\n`)], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).split(fence);
  expect(said).toHaveLength(typed.length);
  typed.forEach(({ answer }, index) => expect(said[index]!.trim()).toMatch(patternOf(answer)));
}
