import type { UndecodableReason } from '../../codec';
import type { Headers } from './broker';
import { headersColumn } from './headers-column';
import {
  boolean,
  bytes,
  definitionsOf,
  integer,
  key,
  nullable,
  serial,
  table,
  text,
  datetime,
  type TableDefinition,
} from './table';

/**
 * The barrier: what became of a command or an event. A command and its undo meet in the row of the command, whichever
 * comes first; the primary key decides who that was. What came, and how it was answered, is kept with it.
 */
export interface InboxRow {
  /** `<txId>/<message id>`, so that the messages of a process are one range of the primary key. */
  readonly id: string;
  /** `undone`: its undo came first, and it has not come yet. */
  readonly outcome: 'answered' | 'refused' | 'undone' | 'handled';
  readonly type: string;
  readonly topic: string;
  readonly causationId: string;
  /** The answer, to be sent again whenever the command comes again. */
  readonly answerTopic: string | null;
  /** The name of the reply, or the code of the refusal. */
  readonly answerType: string | null;
  readonly answer: Buffer | null;
  readonly at: Date;
}
/** The inbox: one row for each message that was handled. */
export const inboxTable = table<InboxRow>('kit_inbox', {
  id: key(270),
  outcome: key(10),
  type: key(60),
  topic: key(249),
  causationId: key(200),
  answerTopic: nullable(key(249)),
  answerType: nullable(key(60)),
  answer: nullable(bytes),
  at: datetime,
});
/** The key of a message in the inbox. */
export const inboxIdOf = ({ txId, id }: { readonly txId: string; readonly id: string }): string => `${txId}/${id}`;

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
export type ParkReason = 'unprocessable' | 'forgotten' | 'exhausted' | 'behind' | 'paused' | UndecodableReason;
/** A message that was given up, with everything that is needed to look at it and to play it again. */
export interface ParkedRow {
  /** `<topic>/<message id>`, or `<topic>@<partition>/<offset>` for what has no id. */
  readonly id: string;
  /** The line it blocks; null for one that blocks nobody. */
  readonly orderingKey: string | null;
  readonly reason: ParkReason;
  /** The paused saga that its answer is for: `<name>/<txId>`. */
  readonly waitsFor: string | null;
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
  waitsFor: nullable(key(130)),
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

/** What was committed and is not known to be at the broker: the records of a commit, from the first to the last, are a row. */
export const outboxTable: TableDefinition = {
  name: 'kit_outbox',
  definitions: definitionsOf({ producer: integer, lastSeq: integer, firstSeq: integer, records: bytes }),
  primaryKey: ['producer', 'last_seq'],
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

/** What was purged of each kind: one row each. */
export const purgeTable: TableDefinition = {
  name: 'kit_purges',
  definitions: definitionsOf({ id: key(10), cutoff: nullable(datetime), at: nullable(datetime), purgedRows: integer }),
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
