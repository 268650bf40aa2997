export { SqlReader } from './sql-reader';
export { checkColumns, columnsIn, kitTables } from './columns';
export type { KnownColumns, RequiredTable } from './columns';
export { FileInstanceLocks } from './sqlite/file-instance-locks';
export { addsColumns, createsTable } from './migrations';
export type { Migration } from './migrations';
export { openSqlite } from './sqlite/sqlite';
export type { SqliteOptions } from './sqlite/sqlite';
export type { Stores } from './stores';
