import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Bug, Rung } from './bug';
import type { Hunt, Start } from './hunting';

/** What a rung has found of a bug. */
export interface Hunted {
  readonly bug: string;
  readonly rung: Rung;
  readonly starts: readonly Start[];
}

/** A seed takes a second or two; one that takes so long does not end. */
const seedMs = 240_000;
const loader = join(__dirname, 'with-bug.js');
const hunting = join(__dirname, 'hunting.js');

/** How a process is started that has this bug, or none. */
export const withBug = (
  bug: string | undefined,
): { readonly args: readonly string[]; readonly env: NodeJS.ProcessEnv } => ({
  args: bug === undefined ? [] : ['--require', loader],
  env: bug === undefined ? process.env : { ...process.env, ZOO_BUG: bug },
});

/** Hunts in processes of their own, so many at a time, which are ended with this one. */
export class Hunts {
  private readonly children = new Set<ChildProcess>();

  constructor(
    private readonly jobs: number,
    private readonly say: (line: string) => void,
  ) {
    process.once('exit', () => this.children.forEach((child) => child.kill('SIGKILL')));
  }

  /** Each bug by each of its rungs, in this order. */
  async all(bugs: readonly Bug[], how: Omit<Hunt, 'rung'>): Promise<readonly Hunted[]> {
    const hunts = bugs.flatMap(({ name, rungs }) => rungs.map((rung) => ({ name, rung })));
    const results: Hunted[] = [];
    let next = 0;
    const worker = async () => {
      while (next < hunts.length) {
        const at = next++;
        const { name, rung } = hunts[at]!;
        const starts = await this.starts(name, { ...how, rung });
        results[at] = { bug: name, rung, starts };
        this.say(
          `${at + 1} of ${hunts.length}: ${name} by ${rung}: ${starts.map(({ seed }) => seed ?? 'no').join(', ')}`,
        );
      }
    };
    await Promise.all(Array.from({ length: this.jobs }, worker));
    return results;
  }

  /** What each start comes to, with this bug or with none. */
  async starts(bug: string | undefined, hunt: Hunt): Promise<readonly Start[]> {
    const { args, env } = withBug(bug);
    const command = [...args, hunting, JSON.stringify(hunt)];
    const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    this.children.add(child);
    const ended = once(child, 'exit');
    const starts: Start[] = [];
    const limitMs = seedMs * hunt.seeds * hunt.starts.length;
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    for await (const line of createInterface(child.stdout)) starts.push(JSON.parse(line) as Start);
    const [code, signal] = await ended;
    clearTimeout(timer);
    this.children.delete(child);
    if (code !== 0) throw new Error(`a hunt for ${bug ?? 'nothing'} by ${hunt.rung} has ended with ${signal ?? code}`);
    return starts;
  }
}
