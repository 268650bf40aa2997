import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const readyMs = 30_000;

/** The order system in a process of its own, to be killed and started again on the same folder. */
export class EmbeddedSystem {
  private child: ChildProcess | undefined;
  private output = '';
  /** What it said, should it have ended without being told to. */
  died: string | undefined;

  constructor(
    readonly folder: string,
    readonly port: number,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Resolves when it is ready, with the milliseconds that took. */
  async start(): Promise<number> {
    const beganAt = performance.now();
    this.output = '';
    const env = {
      ...process.env,
      PROFILE: 'embedded',
      PORT: `${this.port}`,
      HOST: '127.0.0.1',
      DATA_DIR: this.folder,
      LOG_LEVEL: 'error',
    };
    const child = spawn(process.execPath, [join(__dirname, '..', '..', 'dist', 'start.js')], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    child.on('exit', (code, signal) => {
      if (this.child === child) this.died = `the system has ended by itself (${signal ?? code}):\n${this.output}`;
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => (this.output += text.toString()));
    while (performance.now() - beganAt < readyMs) {
      if (child.exitCode !== null) throw new Error(`the system ended at its start:\n${this.output}`);
      if (this.output.includes('are ready on')) return performance.now() - beganAt;
      await setTimeout(10);
    }
    throw new Error(`the system was not ready within ${readyMs} ms:\n${this.output}`);
  }

  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** What it has logged since its last start. */
  get log(): string {
    return this.output;
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}
