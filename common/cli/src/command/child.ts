import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const readyMs = 120_000;
const stopMs = 20_000;
const linesMax = 200;

export interface Program {
  /** What is compiled of it. */
  readonly file: string;
  readonly args?: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Is given each line that it writes. */
  readonly says?: (line: string) => void;
}

/** A program of ours in a process of its own, which tells when it is ready. It can be started again after it has ended. */
export class Child {
  /** What it said last, should it have ended without being told to. */
  died: string | undefined;
  url = '';
  /** It is ready, and nobody has ended it. */
  running = false;
  private child: ChildProcess | undefined;
  private lines: string[] = [];

  constructor(private readonly program: Program) {}

  /** Resolves when it is ready, with the milliseconds that took. */
  async start(): Promise<number> {
    const beganAt = performance.now();
    this.died = undefined;
    this.url = '';
    this.lines = [];
    // A process group of its own: Ctrl-C reaches who started it, and that one stops it in order.
    const { file, args = [], env } = this.program;
    const child = spawn(process.execPath, ['--max-semi-space-size=64', file, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream! }).on('line', (line) => this.hear(line));
    const ended = once(child, 'exit').then(([code, signal]) => {
      this.running &&= this.child !== child;
      if (this.child === child) this.died = `it has ended by itself (${signal ?? code}):\n${this.log}`;
      if (this.child === child && this.url) this.program.says?.(`it has ended by itself (${signal ?? code})`);
      throw new Error(`it has ended at its start (${signal ?? code}):\n${this.log}`);
    });
    ended.catch(() => {});
    const ready = once(child, 'message', { signal: AbortSignal.timeout(readyMs) }).then(([message]) => {
      this.url = (message as { ready: string }).ready;
      this.running = true;
    });
    ready.catch(() => {});
    await Promise.race([ready, ended]);
    return performance.now() - beganAt;
  }

  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Asks it to stop; when it does not, it is killed. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** `undefined` while it is not started. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** The last lines that it has written since it was started. */
  get log(): string {
    return this.lines.join('\n');
  }

  private hear(line: string): void {
    this.lines.push(line);
    if (this.lines.length > linesMax) this.lines.shift();
    this.program.says?.(line);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    this.child = undefined;
    this.running = false;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), stopMs);
    await ended;
    clearTimeout(timer);
  }
}
