import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { Terminal } from '../src/command/terminal';

/** What a command has ended with and said. */
export interface Ran {
  readonly code: number;
  readonly said: string;
  readonly hinted: string;
}

/** Runs a command within this process, on contracts of the test's own. */
export async function ran<Wanted>(
  command: (args: readonly string[], terminal: Terminal, wanted: Wanted) => Promise<number>,
  wanted: Wanted,
  ...args: readonly string[]
): Promise<Ran> {
  const [said, hinted]: [string[], string[]] = [[], []];
  const terminal = {
    env: process.env,
    say: (text: string) => void said.push(text),
    hint: (text: string) => void hinted.push(text),
  };
  const code = await command(args, terminal, wanted);
  return { code, said: said.join('\n'), hinted: hinted.join('\n') };
}

/** Runs it as it is typed. */
export const typed = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> =>
  new Promise((resolve) => {
    const run = [join(__dirname, '..', '..', '..', 'scripts', 'run.mjs'), ...args];
    execFile(process.execPath, run, { env: { ...process.env, ...env } }, (error, said, hinted) =>
      resolve({ code: error ? Number(error.code) : 0, said, hinted }),
    );
  });
