export { Reading } from './access';
export { FileSeats } from './file-seats';
export { createsTable } from './migrations';
export type { Columns, Migration } from './migrations';
export { openSqlite } from './sqlite';
export type { SqliteOptions } from './sqlite';
export type { Stores } from './stores';
