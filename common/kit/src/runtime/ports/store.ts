import type { ProducerRecord } from './broker';
import type { Entries, Writes } from '../ports/entries';
import type { AuditRow } from './audit-table';
import type { ParkedRow } from './kit-tables';
import type { PausedTopicRow } from './paused-topic-table';
import type { HistoryRow, SagaDefinitionRow, SagaRow } from './saga-tables';

/** What a failed statement means for the transaction it was in. */
export type DatabaseFaultKind =
  | 'lost' // the connection is gone: a commit that was under way may or may not have happened
  | 'conflict' // others were in the way (deadlock, lock wait): the same again will do
  | 'duplicate' // a row that was added is there already
  | 'refused'; // this statement will not do

/** A statement, or a connection, has failed. `kind` says what that means for the transaction. */
export class DatabaseFault extends Error {
  override readonly name = 'DatabaseFault';
  constructor(
    readonly kind: DatabaseFaultKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A record of the outbox. `seq` grows within a producer; what was sent before it has a smaller one. */
export interface OutboxRow extends ProducerRecord {
  readonly seq: number;
}

/**
 * A connection of a producer's own, and one transaction at a time on it. Everything rejects with a `DatabaseFault`; after one,
 * nothing is to be done but `rollback`, or `wasCommitted` if a commit was lost.
 */
export abstract class Session {
  /** The producer whose outbox this is; it belongs to one running instance. */
  abstract readonly producer: number;
  /** Begins the transaction if there is none, and loads rows, locked for it as their tables say. */
  abstract load(wanted: Entries): Promise<void>;
  /** Writes everything, with a marker that says that this is commit `commitNumber` of this producer, and commits. */
  abstract commit(commitNumber: number, rows: Writes['rows'], outbox: readonly OutboxRow[]): Promise<void>;
  /** Ends the transaction, if there is one, with nothing of it kept. Connects anew where that is what it takes. */
  abstract rollback(): Promise<void>;
  /** Whether the transaction with this number was committed; if not, it never will be. Connects anew. */
  abstract wasCommitted(commitNumber: number): Promise<boolean>;
  abstract close(): Promise<void>;
}

/** Opens producers, and looks at rows outside of them: what was last committed, without a lock. */
export abstract class Database {
  abstract open(instance: string): Promise<Session>;
  abstract look(wanted: Entries): Promise<void>;
  abstract close(): Promise<void>;
}

/** The outboxes of all producers, living and dead. */
export abstract class OutboxStore {
  /**
   * Producers by the instance that opened them, oldest first. One that was forgotten, and has something to be sent all the
   * same, is listed without: its instance had lost its lock, was taken for dead, and wrote on.
   */
  abstract all(): Promise<readonly OutboxProducer[]>;
  /** What is not acknowledged behind `after`, in sequence. */
  abstract unsent(producer: number, limit: number, after?: number): Promise<readonly OutboxRow[]>;
  /** Everything up to `seq` is durable at the broker: it leaves the outbox. */
  abstract acknowledge(producer: number, seq: number): Promise<void>;
  /** The commit with this number is known to have happened: markers of commits that are long over may go. */
  abstract forgetCommits(producer: number, commitNumber: number): Promise<void>;
  /**
   * Forgets a producer of which everything is acknowledged; one with an outbox is kept, so that somebody sends it. The
   * commit markers of
   * another instance stay known, up to 1,000: it may live after all, and ask what it has committed.
   */
  abstract remove(producer: number, whose: 'own' | 'another'): Promise<void>;
  /** Delayed events that are due, the longest overdue first; those behind `after` in this order, if it is given. */
  abstract delayedDue(now: Date, limit: number, after?: DelayedEvent): Promise<readonly DelayedEvent[]>;
  abstract delayedCount(): Promise<DelayedCount>;
}
/** An event that waits for its time in `delayedEventTable`. */
export interface DelayedEvent {
  readonly id: string;
  readonly dueAt: Date;
  /** How long its message is. */
  readonly bytes: number;
}
/** How many events wait for their time. */
export interface DelayedCount {
  readonly waiting: number;
  /** When the first of them is due; `undefined` if there is none. */
  readonly firstDueAt: Date | undefined;
}

/** A record that the broker would not take, or that follows such a one. */
export interface RefusedRecord extends ProducerRecord {
  readonly id: number;
  readonly reason: string;
  /** How often it was refused. */
  readonly attempts: number;
}

/** What the broker has refused, in order for each topic and key. */
export abstract class RefusedRecordStore {
  /**
   * Takes these out of the outbox and keeps them, in this order, all of them or none; one that is not in the outbox any more
   * is left alone. Their ordering keys are due at `dueAt`.
   */
  abstract add(
    rows: readonly (OutboxRow & { readonly producer: number; readonly reason: string })[],
    dueAt: Date,
  ): Promise<void>;
  /** Topics and keys of which anything is kept. */
  abstract orderingKeys(): Promise<readonly RefusedKey[]>;
  /** Those of which all that is kept is due. */
  abstract due(now: Date, limit: number): Promise<readonly RefusedKey[]>;
  /** What is kept of one, in order. */
  abstract of(orderingKey: RefusedKey, limit: number): Promise<readonly RefusedRecord[]>;
  /** It was refused once more: its ordering key is due at `dueAt`. */
  abstract postpone(id: number, reason: string, dueAt: Date): Promise<void>;
  abstract remove(ids: readonly number[]): Promise<void>;
  abstract count(): Promise<number>;
}
/** A topic and a record key of which something was refused. */
export type RefusedKey = Pick<ProducerRecord, 'topic' | 'key'>;

/** A producer of the outbox, and the instance that opened it. */
export interface OutboxProducer {
  readonly producer: number;
  readonly instance: string | undefined;
}

/** The clock that everybody has in common who uses the database. */
export abstract class DatabaseClock {
  /** Its time; `undefined` where it is that of the machine. */
  abstract nowMs(): Promise<number | undefined>;
}

/** Looks over all sagas, outside of any transaction. */
export abstract class SagaStore {
  /**
   * Waits of these sagas that are over, the longest overdue first, slot by slot (`slotOf`); those behind `after` in this order,
   * if it is given.
   */
  abstract due(
    sagas: readonly string[],
    now: Date,
    limit: number,
    after?: OverdueSaga,
  ): Promise<readonly OverdueSaga[]>;
  /** Where open instances stand, and which definition they were last written with. */
  abstract open(
    saga: string,
  ): Promise<readonly { readonly version: string; readonly step: string; readonly count: number }[]>;
  /** How many open instances of these sagas there are at each of their steps. */
  abstract standing(sagas: readonly string[]): Promise<readonly SagaStanding[]>;
  abstract definitions(saga: string): Promise<readonly SagaDefinitionRow[]>;
  /** Does nothing where it is known. */
  abstract keepDefinition(definition: SagaDefinitionRow): Promise<void>;
  /** Every message that the instance has sent or received, oldest first. */
  abstract history(saga: string, txId: string): Promise<readonly HistoryRow[]>;
  /** Every message with this `txId` that the service has sent or received, of a saga or not, oldest first; 10,000 at the most. */
  abstract messages(txId: string): Promise<readonly MessageOfProcess[]>;
  /** Instances of sagas, by their ids, behind `after`. */
  abstract list(filter: SagaFilter, limit: number): Promise<readonly SagaRow[]>;
  /** Parked messages, by their ids, behind `after`. */
  abstract parked(filter: ParkedFilter, limit: number): Promise<readonly ParkedRow[]>;
  /** What operators have done, the latest first, from before `before` on. */
  abstract audit(limit: number, before?: string): Promise<readonly AuditRow[]>;
  /** What operators have done to a process, oldest first; 10,000 acts at the most. */
  abstract acts(txId: string): Promise<readonly AuditRow[]>;
  /** How many were given up: not those that wait for a paused saga, nor those behind them. */
  abstract parkedCount(): Promise<number>;
  /**
   * Ordering keys whose parked messages are to be handled now; also those of answers whose saga is not paused any more. Those
   * come first in which a message has waited for longest.
   */
  abstract releasedKeys(limit: number): Promise<readonly string[]>;
  /** The first that are parked in an ordering key, in the order in which they came. */
  abstract parkedIn(orderingKey: string, limit: number): Promise<readonly ParkedRow[]>;
  /** Topics of which nothing is handled for now. */
  abstract pausedTopics(): Promise<readonly PausedTopicRow[]>;
  /** Waits of sagas, and delayed events: how many are due, and when the next one will be. */
  abstract timers(now: Date): Promise<Timers>;
  /** Since when the first of the open sagas is open, by saga and step. */
  abstract oldest(): Promise<readonly OldestSaga[]>;
  /** How many open sagas have moved since the slot `movedSlot` began, and how many have ended since `endedSlot` did. */
  abstract pace(movedSlot: number, endedSlot: number): Promise<{ readonly open: number; readonly ended: number }>;
  /** Sagas that operators have paused. */
  abstract pausedCount(): Promise<number>;
  /** Sagas that had enough attempts without an answer: not those that an operator has paused, who sees to them. */
  abstract needsOperatorCount(): Promise<number>;
}
/** Of the open sagas at a step, the first that began. */
export interface OldestSaga {
  readonly saga: string;
  readonly step: string;
  readonly startedAt: Date;
}
/** What waits for its time. */
export interface Timers {
  readonly due: number;
  /** `undefined` when nothing waits for a time to come. */
  readonly nextAt: Date | undefined;
}
/** So many open instances that are doing or undoing a step. */
export interface SagaStanding {
  readonly saga: string;
  readonly status: 'running' | 'compensating';
  readonly step: string;
  readonly count: number;
}
/** Which sagas are looked for; what is not said is any. */
export interface SagaFilter {
  readonly saga?: string | undefined;
  readonly status?: SagaRow['status'] | undefined;
  readonly step?: string | undefined;
  readonly needsOperator?: boolean | undefined;
  readonly paused?: boolean | undefined;
  readonly after?: string | undefined;
}
/** Which parked messages are looked for; what is not said is any. */
export interface ParkedFilter {
  readonly id?: string | undefined;
  readonly reason?: string | undefined;
  readonly topic?: string | undefined;
  readonly orderingKey?: string | undefined;
  readonly after?: string | undefined;
}
/** A message that a service has sent or received: that it was, not what it said. */
export type MessageOfProcess = Omit<HistoryRow, 'id' | 'number' | 'awaited'>;
/** A saga whose wait is over, and the ask that was not answered. */
export interface OverdueSaga {
  readonly saga: string;
  readonly txId: string;
  readonly attempts: number;
  readonly dueAt: Date;
}

/**
 * An instance's name is held by one living process at a time. The lock dies with its process, or with its connection:
 * then `lost` is called, and somebody else may have it.
 */
export abstract class InstanceLocks {
  /** `undefined` when somebody has it. */
  abstract take(instance: string, lost: () => void): Promise<InstanceLock | undefined>;
}
/** A lock that this process holds. */
export interface InstanceLock {
  leave(): Promise<void>;
}
