import BetterSqlite3 from 'better-sqlite3';
import type { InstanceLock, InstanceLocks } from '../../runtime';
import { isBusy } from './sqlite-fault';

/**
 * An instance lock is an exclusive lock on a file beside the database: the operating system lets go of it when the
 * process ends.
 */
export class FileInstanceLocks implements InstanceLocks {
  /** A lock that nobody refers to any more would be collected, and let go of. */
  private readonly held = new Set<BetterSqlite3.Database>();

  constructor(private readonly databaseFile: string) {}

  async take(instance: string): Promise<InstanceLock | undefined> {
    const lock = new BetterSqlite3(`${this.databaseFile}.${encodeURIComponent(instance)}.lock`, { timeout: 0 });
    try {
      lock.exec('begin exclusive');
    } catch (error) {
      lock.close();
      if (isBusy(error)) return undefined;
      throw error;
    }
    this.held.add(lock);
    const leave = async () => {
      this.held.delete(lock);
      lock.close();
    };
    return { leave };
  }
}

/** For databases in memory, which have no file to put a lock on. */
export class MemoryInstanceLocks implements InstanceLocks {
  private readonly taken = new Set<string>();

  async take(instance: string): Promise<InstanceLock | undefined> {
    if (this.taken.has(instance)) return undefined;
    this.taken.add(instance);
    return { leave: async () => void this.taken.delete(instance) };
  }
}
