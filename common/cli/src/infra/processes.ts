import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Launch } from './component';

/** A process, told apart from a later one that was given the same number. */
export interface ProcessId {
  readonly pid: number;
  readonly since: string;
}

/** Starts a process that outlives this one; what it says goes to the end of `log`. */
export function startDetached({ program, args }: Launch, folder: string, log: string): ProcessId {
  const output = openSync(log, 'a');
  const child = spawn(program, args, { cwd: folder, detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  child.once('error', () => {}); // then it has no pid
  if (child.pid === undefined) throw new Error(`${program} could not be started`);
  child.unref();
  return { pid: child.pid, since: sinceOf(child.pid) ?? 'ended at once' };
}

export const thisProcess = (): ProcessId => ({ pid: process.pid, since: sinceOf(process.pid)! });

export const isRunning = ({ pid, since }: ProcessId): boolean => sinceOf(pid) === since;

/** Another process of that number is left alone. One that is killed is gone when this resolves. */
export async function signal(it: ProcessId, name: NodeJS.Signals): Promise<void> {
  if (name === 'SIGKILL') return end(it, { kill: true });
  if (isRunning(it)) process.kill(it.pid, name);
}

/**
 * Asks it to end, and ends it when it does not, or at once. Resolves when it is gone; another process of that number is
 * left alone.
 */
export async function end(it: ProcessId, { patienceMs = 15_000, kill = false } = {}): Promise<void> {
  const ways = [['SIGTERM', 'SIGCONT'], ['SIGKILL']] as const; // one that stands still hears nothing
  for (const way of kill ? ways.slice(1) : ways) {
    const until = performance.now() + patienceMs;
    for (const name of way) if (isRunning(it)) process.kill(it.pid, name);
    while (isRunning(it) && performance.now() < until) await setTimeout(20);
  }
  if (isRunning(it)) throw new Error(`process ${it.pid} does not end, even when killed`);
}

/** When this process began, as precisely as the system tells; `undefined` when there is none, or only its remains. */
function sinceOf(pid: number): string | undefined {
  return process.platform === 'linux' ? sinceOnLinux(pid) : sinceElsewhere(pid);
}

function sinceOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? undefined : `${bootId()} ${rest[18]}`;
  } catch {
    return undefined; // no such process
  }
}

const bootId = () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

function sinceElsewhere(pid: number): string | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-o', 'lstart=', '-p', `${pid}`], { encoding: 'utf8' });
  const [state, ...since] = stdout.trim().split(/\s+/);
  return !state || state.startsWith('Z') ? undefined : since.join(' ');
}
