import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly onLine?: ((line: string) => void) | undefined;
}

/**
 * Runs a program to its end and resolves with the last that it said. Rejects with that when it fails; when `signal`
 * aborts, once the program is gone.
 */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { signal, env, onLine } = options;
  signal?.throwIfAborted();
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal && { signal }),
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      const lines = (said + text).split('\n');
      for (const line of lines.slice(said.split('\n').length - 1, -1)) onLine?.(line);
      said = lines.slice(-linesKept).join('\n');
    });
  return new Promise((resolve, reject) => {
    let failure: Error | undefined;
    child.once('error', (error) => (failure = error));
    child.once('close', (code, ended) => {
      if (signal?.aborted) reject(signal.reason as Error);
      else if (failure) reject(failure);
      else if (code === 0) resolve(said);
      else reject(new Error(`${program} has failed (${ended ?? code}):\n${said.trimEnd()}`));
    });
  });
}
const linesKept = 40;
