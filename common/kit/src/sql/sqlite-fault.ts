import { DatabaseFault, type FaultKind } from '../runtime';

/** Does something with a connection; what it throws becomes a `DatabaseFault`. */
export function faulty<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new DatabaseFault(kindOf(codeOf(error)), (error as Error).message, { cause: error });
  }
}

/** Whether another process was in the way, so that the same again will do. */
export function isBusy(error: unknown): boolean {
  if (error instanceof DatabaseFault) return error.kind === 'conflict';
  return kindOf(codeOf(error)) === 'conflict' || (error as Error).name === 'MigrationLocked'; // knex's word for it
}

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? '';

function kindOf(code: string): FaultKind {
  if (code === 'SQLITE_CONSTRAINT_PRIMARYKEY' || code === 'SQLITE_CONSTRAINT_UNIQUE') return 'duplicate';
  if (code.startsWith('SQLITE_FULL') || code.startsWith('SQLITE_IOERR')) return 'lost'; // the disk: no fault of the statement
  return code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED') ? 'conflict' : 'refused';
}
