import { DatabaseFault, type DatabaseFaultKind } from '../../runtime';

/** What a statement, or a connection, has failed with. The statement itself is not kept: it is full of values. */
export function mysqlFault(error: unknown): DatabaseFault {
  if (error instanceof DatabaseFault) return error;
  const { message, code, errno } = error as MysqlError;
  delete (error as { sql?: string }).sql;
  const name = code ?? errno;
  const said = message === '' || message === undefined ? 'no word from the database' : withoutValues(message); // as for an `AggregateError`
  return new DatabaseFault(kindOf(error as MysqlError), name ? `${said} (${name})` : said, { cause: error });
}

/** The database quotes what it could not take: `Duplicate entry '…' for key …`, `Incorrect integer value: '…' for column …`. */
const withoutValues = (message: string): string =>
  message.replace(/(entry|value:) (?:'.*'(?= for (?:key|column) )|'.*'$)/s, "$1 '…'");

/** Whether the same again will do, once the others are out of the way or there is a new connection. */
export function isPassing(error: unknown): boolean {
  const kind = error instanceof DatabaseFault ? error.kind : kindOf(error as MysqlError);
  return kind === 'conflict' || kind === 'lost' || (error as Error).name === 'MigrationLocked'; // knex's word for it
}

/** Whether the database said it, or the way to it; not the program that asked. */
export const isOfDatabase = (error: unknown): boolean =>
  error instanceof DatabaseFault || (error as MysqlError).code !== undefined || isPassing(error);

export const isNoSuchDatabase = (error: unknown): boolean => errnoOf(error) === 1049;
export const isNoSuchThread = (error: unknown): boolean => errnoOf(error) === 1094;

interface MysqlError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly errno?: number;
  /** The driver's word for a connection that it has given up. */
  readonly fatal?: boolean;
}

const errnoOf = (error: unknown): number | undefined =>
  ((error instanceof DatabaseFault ? error.cause : error) as MysqlError | undefined)?.errno;

const conflicts = new Set([
  1020, // MariaDB: the record has changed since it was read
  1205, // lock wait timeout
  1213, // deadlock, or a cluster that could not agree
  3101, // a replication group that could not agree
]);
const duplicates = new Set([1022, 1062, 1586]);
/** The connection is gone or of no use any more, or nobody knows what has become of the commit. */
const losses = new Set([
  1021, 1114, // nothing more fits on its disk
  1040, // too many connections
  1047, // a node that is not part of its cluster
  1053, // shutting down
  1158, 1159, 1160, 1161, // the network, as the server saw it
  1180, // failed while committing
  1203, 1226, // too many connections of this user
  1290, 1836, // read only: not the one to write to any more
  1317, // killed, the statement only
  1927, // killed (MariaDB)
  2006, 2013, // gone away
  3169, // killed (MySQL)
  4031, // idle for too long
]); // prettier-ignore

function kindOf({ errno, code = '', fatal, name }: MysqlError): DatabaseFaultKind {
  if (errno !== undefined && errno > 0) {
    if (conflicts.has(errno)) return 'conflict';
    if (duplicates.has(errno)) return 'duplicate';
    return losses.has(errno) ? 'lost' : 'refused';
  }
  const isGone = fatal === true || /^(PROTOCOL_|E[A-Z]+$|EAI_)/.test(code) || name === 'KnexTimeoutError';
  return isGone ? 'lost' : 'refused';
}
