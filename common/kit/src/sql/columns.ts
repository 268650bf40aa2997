import {
  auditTable,
  commitMarkerTable,
  purgeTable,
  eventTable,
  delayedEventTable,
  outboxProducerTable,
  outboxTable,
  refusedRecordTable,
  sagaDefinitionTable,
  inboxTable,
  historyTable,
  orderingKeyTable,
  parkedTable,
  pausedTopicTable,
  positionTable,
  projectionTable,
  sagaTable,
  streamTable,
  type Table,
} from '../runtime';
import type { SqlReader } from './sql-reader';

/** A table as a program writes to it. */
export type RequiredTable = Pick<Table, 'name' | 'columns'>;
/** The columns that a database has, by table. */
export type KnownColumns = ReadonlyMap<string, ReadonlySet<string>>;

/** What the kit itself keeps in each service's database. */
export const kitTables: readonly RequiredTable[] = [
  ...[inboxTable, sagaTable, historyTable, orderingKeyTable, parkedTable, sagaDefinitionTable, delayedEventTable],
  ...[streamTable, eventTable, positionTable, projectionTable, auditTable, pausedTopicTable],
  ...[outboxTable, outboxProducerTable, commitMarkerTable, refusedRecordTable, purgeTable].map(
    ({ name, definitions }) => ({ name, columns: definitions.map((column) => column.name) }),
  ),
];

/** All columns of a service's database, in one query. Rejects with a `DatabaseFault`. */
export async function columnsIn(reader: SqlReader): Promise<KnownColumns> {
  const rows = await reader.query(async (knex): Promise<readonly Found[]> => {
    if (knex.client.config.client !== 'mysql2') return knex.raw(inSqlite);
    const [found] = await knex.raw(inMysql);
    return found;
  });
  const columns = new Map<string, Set<string>>();
  for (const { tableName, columnName, folds } of rows) {
    const name = folds ? tableName.toLowerCase() : tableName;
    const known = columns.get(name);
    if (known) known.add(columnName.toLowerCase());
    else columns.set(name, new Set([columnName.toLowerCase()]));
  }
  return columns;
}

interface Found {
  readonly tableName: string;
  readonly columnName: string;
  /** Upper and lower case are one in the names of tables; in those of columns they always are. */
  readonly folds: number;
}
const inSqlite = `
  select t.name as tableName, c.name as columnName, 1 as folds
  from sqlite_master t, pragma_table_info(t.name) c where t.type in ('table', 'view')`;
const inMysql = `
  select table_name as tableName, column_name as columnName, @@lower_case_table_names as folds
  from information_schema.columns where table_schema = database()`;

/** Throws one error that names every table and every column that is not there. */
export function checkColumns(service: string, needed: Iterable<RequiredTable>, columns: KnownColumns): void {
  const faults = new Set<string>(); // two units of work may share a table
  for (const { name, columns: wanted } of needed) {
    const known = columns.get(name);
    const missing = wanted.filter((column) => !known?.has(column));
    if (!known) faults.add(`there is no table ${name}`);
    else if (missing.length > 0) faults.add(`table ${name} has no column ${missing.join(', ')}`);
  }
  if (faults.size > 0)
    throw new Error(
      `the database of the ${service} service is not what its tables say:\n  ${[...faults].join('\n  ')}\nadd a migration that makes them so`,
    );
}
