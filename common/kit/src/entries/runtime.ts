/** The ports, for who writes an adapter of one, and what their rows and records are. */
export { Broker, partitionOf } from '../runtime';
export type {
  ConsumerRecord,
  Headers,
  ProducerRecord,
  PublishFailure,
  PublishOutcome,
  Subscription,
  SubscriptionRequest,
  TopicFault,
  TopicRetention,
  TopicPartition,
  TopicPartitionOffset,
} from '../runtime';
export {
  Database,
  DatabaseClock,
  DatabaseFault,
  EventStore,
  InstanceLocks,
  OutboxStore,
  RefusedRecordStore,
  RetentionStore,
  Session,
} from '../runtime';
export type {
  DatabaseFaultKind,
  DelayedCount,
  DelayedEvent,
  Entries,
  Entry,
  InstanceLock,
  OutboxProducer,
  OutboxRow,
  OfEachKind,
  OldRow,
  OverdueSaga,
  PurgeRequest,
  Purges,
  PurgeStep,
  RefusedKey,
  RefusedRecord,
  RetainedKind,
  RetentionDays,
  Writes,
} from '../runtime';
export {
  commitMarkerTable,
  eventTable,
  delayedEventTable,
  headersColumn,
  historyIn,
  historyTable,
  inboxTable,
  orderingKeyTable,
  outboxProducerTable,
  outboxTable,
  parkedTable,
  positionTable,
  projectionTable,
  purgeTable,
  refusedRecordTable,
  sagaDefinitionTable,
  sagaTable,
  slotOf,
  streamTable,
} from '../runtime';
export type {
  ColumnDefinition,
  EventRow,
  DelayedEventRow,
  InboxRow,
  KeptHistory,
  OrderingKeyRow,
  ParkedRow,
  ParkReason,
  PositionRow,
  ProjectionRow,
  SagaDefinitionRow,
  SagaRow,
  SqlValue,
  StreamRow,
  TableDefinition,
} from '../runtime';
export { Log } from '../runtime';
export type { Environment } from '../runtime';
export type { Stores } from '../sql';
export { IncompatibleSchema, RegistryUnavailable, SchemaRegistry } from '../codec';
export type { RegisteredSchema, UndecodableReason } from '../codec';
export { openService } from '../app';
export type { RunningService, Wiring } from '../app';
