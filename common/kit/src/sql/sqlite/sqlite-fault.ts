import { DatabaseFault, type DatabaseFaultKind } from '../../runtime';
import { patiently } from '../patiently';

/** Does something with a connection; what it throws becomes a `DatabaseFault`. */
export function faulty<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw sqliteFault(error);
  }
}

/** The same for what takes time. */
export const faultyLater = <T>(work: Promise<T>): Promise<T> =>
  work.catch((error: unknown) => {
    throw codeOf(error).startsWith('SQLITE_') ? sqliteFault(error) : error; // else the program that asked has failed
  });

const sqliteFault = (error: unknown): DatabaseFault =>
  new DatabaseFault(kindOf(codeOf(error)), (error as Error).message, { cause: error });

/**
 * Does something that another process may be in the way of, again and again for about two seconds. SQLite would wait by
 * itself, but with the whole process standing still, and whoever it waits for may be in it.
 */
export const whileBusy = <T>(work: () => T | Promise<T>): Promise<T> =>
  patiently(work, { isPassing: isBusy, triesMax: 200, pauseMs: 10 });

/** Whether another process was in the way, so that the same again will do. */
export function isBusy(error: unknown): boolean {
  if (error instanceof DatabaseFault) return error.kind === 'conflict';
  return kindOf(codeOf(error)) === 'conflict' || (error as Error).name === 'MigrationLocked'; // knex's word for it
}

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? '';

function kindOf(code: string): DatabaseFaultKind {
  if (code === 'SQLITE_CONSTRAINT_PRIMARYKEY' || code === 'SQLITE_CONSTRAINT_UNIQUE') return 'duplicate';
  if (code.startsWith('SQLITE_FULL') || code.startsWith('SQLITE_IOERR')) return 'lost'; // the disk: no fault of the statement
  return code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED') ? 'conflict' : 'refused';
}
