export { backOffMs } from './ports/back-off';
export { Batch } from './transaction/batch';
export type { KeyedTasks } from './transaction/batch';
export type { Entries, Entry, Writes } from './ports/entries';
export { Broker } from './ports/broker';
export type {
  PublishFailure,
  Headers,
  ConsumerRecord,
  ProducerRecord,
  TopicPartition,
  TopicPartitionOffset,
  PublishOutcome,
  SubscriptionRequest,
  Subscription,
  TopicFault,
  TopicRetention,
} from './ports/broker';
export type { UnitOfWorkDefinition, Tables } from './handling/handler-context';
export { delayedEventTable } from './ports/delayed-event-table';
export type { DelayedEventRow } from './ports/delayed-event-table';
export { pause } from './ports/environment';
export type { Environment } from './ports/environment';
export {
  commitMarkerTable,
  purgeTable,
  outboxProducerTable,
  outboxTable,
  refusedRecordTable,
  inboxIdOf,
  inboxTable,
  orderingKeyTable,
  parkedTable,
} from './ports/kit-tables';
export { EventHistory, EventStore } from './ports/event-store';
export {
  eventTable,
  streamEventIdOf,
  lastPosition,
  positionTable,
  projectionTable,
  streamTable,
} from './ports/event-tables';
export type { EventRow, PositionRow, ProjectionRow, StreamRow } from './ports/event-tables';
export { aggregatesIn, tablesIn } from './handling/handler-context';
export { eventHistory } from './handling/streams';
export type { ProjectionState } from './projection/projections';
export type { BoundProjection } from './projection/projector';
export {
  endedStatuses,
  historyIdOf,
  historyTable,
  openStatuses,
  sagaDefinitionTable,
  sagaTable,
  slotMs,
  slotOf,
  txIdOf,
} from './ports/saga-tables';
export type { InboxRow, OrderingKeyRow, ParkedRow, ParkReason } from './ports/kit-tables';
export type { HistoryRow, SagaDefinitionRow, SagaRow } from './ports/saga-tables';
export { commandsOf, MessageHandler, MessageRouting } from './consumer/message-routing';
export { Log } from './ports/log';
export { failureOf } from './ports/failure';
export { historyIn, lineOf } from './ports/saga-history-text';
export type { KeptHistory } from './ports/saga-history-text';
export { Metrics } from './metrics';
export { partitionOf } from './ports/partitioner';
export type { Health } from './health';
export type { Parts } from './parts';
export type { Service } from './service';
export { startService } from './start-service';
export { headersColumn } from './ports/headers-column';
export {
  Database,
  DatabaseClock,
  DatabaseFault,
  OutboxStore,
  RefusedRecordStore,
  SagaStore,
  InstanceLocks,
  Session,
} from './ports/store';
export type {
  MessageOfProcess,
  ParkedFilter,
  SagaFilter,
  OldestSaga,
  Timers,
  SagaStanding,
  DelayedCount,
  DelayedEvent,
  OverdueSaga,
  DatabaseFaultKind,
  OutboxProducer,
  OutboxRow,
  RefusedKey,
  RefusedRecord,
  InstanceLock,
} from './ports/store';
export { bytes, boolean, integer, json, datetime, key, nullable, table, text } from './ports/table';
export type { ColumnDefinition, ColumnType, TableDefinition, Column, SqlValue, Table } from './ports/table';
export { keepsAll, ofEachKind, retainedKinds, RetentionStore } from './ports/retention-store';
export type {
  OfEachKind,
  OldRow,
  PurgeRequest,
  Purges,
  PurgeStep,
  RetainedKind,
  RetentionDays,
} from './ports/retention-store';
export { UnitOfWorkRunner, UnitsOfWork } from './handling/units-of-work';
export type { UnitOfWorkRuntime, TablesOf } from './handling/units-of-work';
export { NewerDefinition } from './saga/saga-definition';
export { PausedSaga } from './saga/waits';
export { auditTable } from './ports/audit-table';
export type { AuditRow } from './ports/audit-table';
export { pausedTopicTable } from './ports/paused-topic-table';
export type { PausedTopicRow } from './ports/paused-topic-table';
export { sagaVerbs } from './operator/saga-plans';
export type { SagaActDetails, SagaVerb } from './operator/saga-plans';
export type { SagaDetails, SagaOperator, SagaView } from './operator/saga-operator';
export type { Overviews, ServiceContracts, ServiceOverview } from './operator/overviews';
export type { RecentCounts } from './saga/recent-sagas';
export { parkedVerbs } from './operator/parked-operator';
export type { RetentionDetails, RetentionOperator, RetentionView } from './operator/retention-operator';
export type { ParkedDetails, ParkedOperator, ParkedVerb, ParkedView } from './operator/parked-operator';
export { topicVerbs } from './operator/consumer-operator';
export type { ConsumerOperator, ConsumerView, TopicVerb } from './operator/consumer-operator';
export type { ActRequest, ActResult } from './operator/act';
export { strandedBy } from './saga/load-definitions';
export type { OpenInstances } from './saga/load-definitions';
export { requested } from './tracing/spans';
