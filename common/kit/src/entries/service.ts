/** What the module, the tables and the main program of a service name. */
// Of inversify, what a module binds with: whoever imports it from there may get another copy of it, as an ES module does.
export { ContainerModule } from 'inversify';
export type { Container } from 'inversify';
export { SampleData, serve, service } from '../app';
export type { ServiceLiteral } from '../app';
export { boolean, bytes, integer, json, key, nullable, table, text, datetime } from '../runtime';
export { MessageHandler, SagaStore, UnitsOfWork } from '../runtime';
export type { Column, ColumnType, HistoryRow, MessageOfProcess, Table, TablesOf } from '../runtime';
export { addsColumns, createsTable, SqlReader } from '../sql';
export type { Migration } from '../sql';
