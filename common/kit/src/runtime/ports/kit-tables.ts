import type { UndecodableReason } from '../../codec';
import type { Headers } from './broker';
import { headersColumn } from './headers-column';
import {
  boolean,
  bytes,
  definitionsOf,
  integer,
  json,
  key,
  nullable,
  serial,
  table,
  text,
  datetime,
  type TableDefinition,
} from './table';

/**
 * The barrier: what became of a command or an event, keyed by its id. A command and its undo meet in the row of the
 * command, whichever comes first; the primary key decides who that was.
 */
export interface InboxRow {
  readonly id: string;
  readonly outcome: 'answered' | 'refused' | 'undone' | 'handled';
  /** The answer, to be sent again whenever the command comes again. */
  readonly answerTopic: string | null;
  readonly answer: Buffer | null;
  readonly at: Date;
}
/** The inbox: one row for each message that was handled. */
export const inboxTable = table<InboxRow>('kit_inbox', {
  id: key(200),
  outcome: key(10),
  answerTopic: nullable(key(249)),
  answer: nullable(bytes),
  at: datetime,
});

/** One instance of a saga. */
export interface SagaRow {
  /** `<name of the saga>/<txId>` */
  readonly id: string;
  readonly saga: string;
  /** Of the definition that the state was written with. */
  readonly version: string;
  readonly status: 'running' | 'compensating' | 'completed' | 'rejected';
  /** The command that is being done or undone; the last one when ended. */
  readonly step: string;
  readonly state: Buffer;
  readonly refusedStep: string | null;
  readonly code: string | null;
  readonly errorMessage: string | null;
  /** How often the awaited command has been asked. */
  readonly attempts: number;
  /**
   * When the wait for an answer times out, by the clock of the service; null when ended, or when it has been attempted
   * often enough and needs an operator.
   */
  readonly dueAt: Date | null;
  readonly needsOperator: boolean;
  /** How many rows its history has. */
  readonly events: number;
  readonly startedAt: Date;
  /** When the awaited command was asked, or the instance has ended; by the clock of the service too. */
  readonly updatedAt: Date;
}
/** The instances of all sagas. */
export const sagaTable = table<SagaRow>('kit_sagas', {
  id: key(130),
  saga: key(60),
  version: key(12),
  status: key(12),
  step: key(100),
  state: bytes,
  refusedStep: nullable(key(100)),
  code: nullable(key(100)),
  errorMessage: nullable(text),
  attempts: integer,
  dueAt: nullable(datetime),
  needsOperator: boolean,
  events: integer,
  startedAt: datetime,
  updatedAt: datetime,
});

/** A message that a saga has sent or received. The row of a received one is also its inbox row. */
export interface HistoryRow {
  readonly id: string;
  readonly number: number;
  readonly direction: 'sent' | 'received';
  readonly topic: string;
  readonly type: string;
  readonly messageId: string;
  readonly causationId: string;
  readonly code: string | null;
  readonly errorMessage: string | null;
  /** False for what came late, or twice, or was never asked for: it changed nothing. */
  readonly awaited: boolean;
  readonly times: number;
  readonly at: Date;
  readonly lastAt: Date;
}
/** The history of sagas: one row for each message that one has sent or received. */
export const historyTable = table<HistoryRow>('kit_saga_history', {
  id: key(340),
  number: integer,
  direction: key(10),
  topic: key(249),
  type: key(100),
  messageId: key(200),
  causationId: key(200),
  code: nullable(key(100)),
  errorMessage: nullable(text),
  awaited: boolean,
  times: integer,
  at: datetime,
  lastAt: datetime,
});

/** A line that cannot go on: its head is being tried again, or is parked, and everything behind it with it. */
export interface OrderingKeyRow {
  /** `<topic>|<key>` */
  readonly id: string;
  /** The message that is being tried again; null when only parked ones stand in the way. */
  readonly head: string | null;
  readonly attempts: number;
  /** How much of its budget the head has used up waiting. */
  readonly spentMs: number;
  /** How many of its messages are parked and block it. */
  readonly parked: number;
  /** What blocked it was handled after all: those that are parked behind it are handled now, in order. */
  readonly released: boolean;
}
/** Ordering keys that cannot go on. */
export const orderingKeyTable = table<OrderingKeyRow>(
  'kit_ordering_keys',
  { id: key(320), head: nullable(key(200)), attempts: integer, spentMs: integer, parked: integer, released: boolean },
  { lock: 'none', sparse: true },
);

/** Why a message was parked. */
export type ParkReason = 'unprocessable' | 'exhausted' | 'behind' | UndecodableReason;
/** A message that was given up, with everything that is needed to look at it and to play it again. */
export interface ParkedRow {
  /** `<topic>/<message id>`, or `<topic>@<partition>/<offset>` for what has no id. */
  readonly id: string;
  /** The line it blocks; null for one that blocks nobody. */
  readonly orderingKey: string | null;
  readonly reason: ParkReason;
  readonly error: string;
  readonly attempts: number;
  /** How often it has come. */
  readonly times: number;
  /** Its undo has come and gone past it: nothing is left to be done. */
  readonly overtaken: boolean;
  readonly topic: string;
  readonly recordPartition: number;
  readonly recordOffset: string;
  readonly recordKey: Buffer | null;
  readonly headers: Headers;
  readonly value: Buffer | null;
  readonly at: Date;
  readonly lastAt: Date;
}
/** Dead letters. */
export const parkedTable = table<ParkedRow>('kit_parked', {
  id: key(460),
  orderingKey: nullable(key(320)),
  reason: key(30),
  error: text,
  attempts: integer,
  times: integer,
  overtaken: boolean,
  topic: key(249),
  recordPartition: integer,
  recordOffset: key(20),
  recordKey: nullable(bytes),
  headers: headersColumn,
  value: nullable(bytes),
  at: datetime,
  lastAt: datetime,
});

/** A definition that some instance was written with: enough to read its state, and to see whether it still fits. */
export interface SagaDefinitionRow {
  /** `<saga>/<version>` */
  readonly id: string;
  readonly saga: string;
  /** `<kind> <command> <undo>` each, in order. */
  readonly steps: readonly string[];
  readonly stateSchema: unknown;
}
/** The definitions that instances were written with. */
export const sagaDefinitionTable = table<SagaDefinitionRow>(
  'kit_saga_definitions',
  { id: key(80), saga: key(60), steps: json, stateSchema: json },
  { lock: 'none' },
);

/** What was committed and is not known to be at the broker. */
export const outboxTable: TableDefinition = {
  name: 'kit_outbox',
  definitions: definitionsOf({
    producer: integer,
    seq: integer,
    topic: key(249),
    recordKey: key(64),
    value: bytes,
    headers: nullable(text),
  }),
  primaryKey: ['producer', 'seq'],
};

/** Who has written to the outbox. */
export const outboxProducerTable: TableDefinition = {
  name: 'kit_outbox_producers',
  definitions: definitionsOf({ producer: serial, instance: key(100) }),
};

/** One row for each transaction: whether it is there says whether that was committed. */
export const commitMarkerTable: TableDefinition = {
  name: 'kit_commit_markers',
  definitions: definitionsOf({ producer: integer, commitNumber: integer }),
  primaryKey: ['producer', 'commit_number'],
};

/** What the broker has refused. */
export const refusedRecordTable: TableDefinition = {
  name: 'kit_refused_records',
  definitions: definitionsOf({
    id: serial,
    topic: key(249),
    recordKey: key(64),
    value: bytes,
    headers: nullable(text),
    reason: text,
    attempts: integer,
    dueAt: datetime,
  }),
};
