import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { InstanceLock } from '../runtime';
import { FileInstanceLocks } from '../sql';

const patienceMs = 5_000;
const pollMs = 100;

/**
 * Has a data folder for this process alone, before anything in it is read: a log that another process still writes to goes
 * on behind what we have seen of it. A process that is just ending gets a moment to do so; rejects when it does not.
 */
export async function takeFolder(folder: string): Promise<InstanceLock> {
  for (let waitedMs = 0; waitedMs <= patienceMs; waitedMs += pollMs) {
    const instanceLock = await take(folder);
    if (instanceLock) return instanceLock;
    await setTimeout(pollMs);
  }
  throw new Error(`another process runs on the data folder ${folder}: stop it, or choose another folder with DATA_DIR`);
}

async function take(folder: string): Promise<InstanceLock | undefined> {
  try {
    await mkdir(folder, { recursive: true });
    return await new FileInstanceLocks(join(folder, 'data')).take('folder');
  } catch (error) {
    const why = (error as Error).message;
    throw new Error(`the data folder ${folder} cannot be used (${why}): choose another with DATA_DIR`, {
      cause: error,
    });
  }
}
