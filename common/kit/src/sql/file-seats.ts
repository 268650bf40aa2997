import BetterSqlite3 from 'better-sqlite3';
import type { Seat, Seats } from '../runtime';

/** A seat is an exclusive lock on a file beside the database: the operating system lets go of it when the process ends. */
export class FileSeats implements Seats {
  constructor(private readonly databaseFile: string) {}

  async take(instance: string): Promise<Seat | undefined> {
    const lock = new BetterSqlite3(`${this.databaseFile}.${instance}.seat`, { timeout: 0 });
    try {
      lock.exec('begin exclusive');
    } catch (error) {
      lock.close();
      if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) return undefined;
      throw error;
    }
    return { leave: async () => void lock.close() };
  }
}

/** For databases in memory, which have no file to put a lock on. */
export class MemorySeats implements Seats {
  private readonly taken = new Set<string>();

  async take(instance: string): Promise<Seat | undefined> {
    if (this.taken.has(instance)) return undefined;
    this.taken.add(instance);
    return { leave: async () => void this.taken.delete(instance) };
  }
}
