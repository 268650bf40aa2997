import type { Entries, Entry, Table } from '../../runtime';
import type { MysqlConnection } from './mysql-connection';
import { literal } from './mysql-text';
import { byName, sparseMax, sqlOf } from '../sql-text';

/** MariaDB makes a table of a longer list of values, and then locks rows in no order. */
const idsMax = 500;

/** Selects rows and fills in the entries that have one. */
export interface Load {
  readonly sql: string;
  /** Returns what is to be loaded besides. */
  readonly take: (rows: readonly any[][]) => readonly Load[];
}

/**
 * What loads these entries, with rows locked as they or their tables say. Those that are locked come first, and those that are only
 * read behind them: what a lock protects is then seen as whoever held it before has left it. Within both there is one order
 * of tables and ids for everybody.
 */
export function loadsOf(wanted: Entries): Load[] {
  const tables = [...wanted].sort(byName);
  return [
    ...tables.flatMap(([table, entries]) =>
      table.lock === 'row' ? loadsOfTable(table, entries, lock) : loadsById(table, entries.filter(isLocked), lock),
    ),
    ...tables.flatMap(([table, entries]) =>
      table.lock === 'row' ? [] : loadsOfTable(table, entries.filter(isRead), ''),
    ),
  ];
}

const lock = ' for update';
const isLocked = ({ locked }: Entry): boolean => locked;
const isRead = ({ locked }: Entry): boolean => !locked;

/** The same without a lock. */
export const looksOf = (wanted: Entries): Load[] =>
  [...wanted].flatMap(([table, entries]) => loadsOfTable(table, entries, ''));

/** Asks for `first`, and then for these; in one round trip, unless there is very much of it. */
export async function run(
  connection: Pick<MysqlConnection, 'ask' | 'packet'>,
  first: readonly string[],
  loads: readonly Load[],
): Promise<void> {
  const answers: any[] = [];
  for (const statements of connection.packet.trips([...first, ...loads.map(({ sql }) => sql)]))
    answers.push(...(await connection.ask(statements)));
  const more = loads.flatMap(({ take }, index) => take(answers[first.length + index]));
  if (more.length > 0) await run(connection, [], more);
}

function loadsOfTable(table: Table, entries: readonly Entry[], lock: string): Load[] {
  if (entries.length === 0) return [];
  if (!table.sparse) return loadsById(table, entries, lock);
  const take = (rows: readonly any[][]) => {
    if (rows.length > sparseMax) return loadsById(table, entries, lock);
    for (const entry of entries) entry.tableIsEmpty = rows.length === 0;
    return fill(table, entries, rows);
  };
  return [{ sql: `${sqlOf(table).select} limit ${sparseMax + 1}${lock}`, take }];
}

function loadsById(table: Table, entries: readonly Entry[], lock: string): Load[] {
  const { select, id } = sqlOf(table);
  const sorted = [...entries].sort(byId);
  const loads: Load[] = [];
  for (let from = 0; from < sorted.length; from += idsMax) {
    const some = sorted.slice(from, from + idsMax);
    const ids = some.map((entry) => literal(entry.id)).join(',');
    // Without the hint a small table may be read, and locked, from its first row to its last.
    const sql = `${select} force index (primary) where ${id} in (${ids}) order by ${id}${lock}`;
    loads.push({ sql, take: (rows) => fill(table, some, rows) });
  }
  return loads;
}

function fill(table: Table, entries: readonly Entry[], rows: readonly any[][]): readonly Load[] {
  const found = new Map<unknown, any[]>();
  for (const row of rows) found.set(row[0], row);
  for (const entry of entries) {
    const row = found.get(entry.id);
    entry.stored = row !== undefined;
    entry.item = row && table.toItem(row);
  }
  return [];
}

export const byId = (a: Entry, b: Entry): number => (a.id < b.id ? -1 : 1);
