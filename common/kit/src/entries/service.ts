/** What the module, the tables and the main program of a service name. */
export { SampleData, serve, service } from '../app';
export type { ServiceLiteral } from '../app';
export { boolean, bytes, integer, json, key, nullable, table, text, timestamp } from '../runtime';
export { MessageHandler, SagaStore, UnitsOfWork } from '../runtime';
export type { Column, ColumnType, HistoryRow, Table, TablesOf } from '../runtime';
export { addsColumns, createsTable, SqlReader } from '../sql';
export type { Migration } from '../sql';
