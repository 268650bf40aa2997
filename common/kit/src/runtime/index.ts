export { backOffMs } from './back-off';
export { Batch } from './batch';
export type { Entries, Entry, Strand, Writes } from './batch';
export { Broker } from './broker';
export type {
  Failed,
  Headers,
  Incoming,
  Outgoing,
  Place,
  Position,
  Published,
  Subscribing,
  Subscription,
  Trouble,
} from './broker';
export { definitionTable } from './definition';
export type { DefinitionRow } from './definition';
export type { Tables } from './engine';
export { pause } from './environment';
export type { Environment } from './environment';
export { inboxTable, journalTable, lineTable, parkedTable, sagaTable } from './kit-tables';
export type { InboxRow, JournalRow, LineRow, ParkedRow, ParkReason, SagaRow } from './kit-tables';
export { Listener, Listeners } from './listeners';
export { Log } from './log';
export { Metrics } from './metrics';
export { partitionOf } from './partitioner';
export type { Health } from './health';
export type { Parts } from './parts';
export type { Service } from './service';
export { startService } from './start-service';
export { headersColumn } from './headers';
export { Database, DatabaseFault, Lanes, RefusedRecords, SagaLedger, Seats, Session } from './store';
export type { Due, FaultKind, LeftLane, OutboxRow, RefusedLine, RefusedRecord, Seat } from './store';
export { bytes, flag, integer, json, moment, nullable, table, text } from './table';
export type { Column, SqlValue, Table } from './table';
export { Transactions, Works } from './transactions';
export type { Calls, TablesOf } from './transactions';
