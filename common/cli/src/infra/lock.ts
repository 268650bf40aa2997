import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isRunning, thisProcess, type ProcessId } from './processes';

/** Does `work` while nobody else works in this folder. A holder that has died holds nothing. */
export async function alone<T>(folder: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const file = join(folder, 'lock');
  mkdirSync(folder, { recursive: true });
  for (const until = performance.now() + patienceMs; !taken(file); await setTimeout(100, undefined, { signal })) {
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
const patienceMs = 300_000; // a first start fetches

/** Written beside and linked, so that nobody meets a lock without its holder. */
function taken(file: string): boolean {
  const own = `${file}.${process.pid}-${randomUUID()}`;
  writeFileSync(own, JSON.stringify(thisProcess()));
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own);
  }
}

function holderOf(file: string): ProcessId | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessId;
  } catch {
    return undefined; // just given back
  }
}
