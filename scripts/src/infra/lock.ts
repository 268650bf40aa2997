import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isRunning, thisProcess, type ProcessId } from './processes';

/** Does `work` while nobody else works in this folder. A holder that has died holds nothing. */
export async function alone<T>(folder: string, work: () => Promise<T>, patienceMs = 300_000): Promise<T> {
  const file = join(folder, 'lock');
  mkdirSync(folder, { recursive: true });
  for (const until = performance.now() + patienceMs; !taken(file); await setTimeout(100)) {
    const holder = holderOf(file);
    if (holder && !isRunning(holder)) rmSync(file, { force: true });
    else if (performance.now() > until)
      throw new Error(`process ${holder?.pid} has been starting or stopping components in ${folder} for too long`);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function taken(file: string): boolean {
  try {
    writeFileSync(file, JSON.stringify(thisProcess()), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function holderOf(file: string): ProcessId | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessId;
  } catch {
    return undefined; // just given back, or just being taken
  }
}
