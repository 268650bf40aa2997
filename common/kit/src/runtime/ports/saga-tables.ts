import { boolean, bytes, datetime, integer, json, key, nullable, table, text } from './table';

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
   * When the wait for an answer times out, by the clock of the service; null when ended or paused, or when it has been
   * attempted often enough and needs an operator.
   */
  readonly dueAt: Date | null;
  readonly needsOperator: boolean;
  /** An operator has it wait: it sends nothing, has no time, and its answers are parked until it is resumed. */
  readonly paused: boolean;
  /** How many messages its history has. */
  readonly events: number;
  readonly startedAt: Date;
  /** When the awaited command was asked, or the instance was paused or resumed, or the instance has ended; by the clock of the service too. */
  readonly updatedAt: Date;
  /** The trace that the awaited command was asked in, if there was one. */
  readonly traceparent: string | null;
  /**
   * The commands that it has sent, and the answers that it has gone on by, a line each: `historyIn` reads it. No step has more
   * than four. Null where it was begun by a program that kept them in `kit_history`.
   */
  readonly history: string | null;
}
/** Of instances that go on. */
export const openStatuses: readonly SagaRow['status'][] = ['running', 'compensating'];
export const endedStatuses: readonly SagaRow['status'][] = ['completed', 'rejected'];
/** The instance of a saga, of its row. */
export const txIdOf = ({ id, saga }: Pick<SagaRow, 'id' | 'saga'>): string => id.slice(saga.length + 1);

/**
 * Sagas are looked for by time with the help of slots of so long, which the database reckons (`due_slot`, `updated_slot`): an
 * index on a time itself would move at each step of each saga.
 */
export const slotMs = 5_000;
/** The slot that a time is in. */
export const slotOf = (at: Date): number => Math.floor(at.getTime() / slotMs);

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
  paused: boolean,
  events: integer,
  startedAt: datetime,
  updatedAt: datetime,
  traceparent: nullable(key(60)),
  history: nullable(text),
});

/** A message that a saga has sent or received, or an event that was sent. */
export interface HistoryRow {
  readonly id: string;
  /** Which of its saga it is; 0 for an event. */
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
/**
 * What is in no saga's own row: one row for each answer that has changed nothing (it came late, or was never asked for), and
 * for each event that was sent.
 */
export const historyTable = table<HistoryRow>('kit_history', {
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
/** Begins with the `txId` and the target, so that the history of a process, and of a saga, is one range of the primary key. */
export function historyIdOf(
  { target, txId }: { readonly target: string; readonly txId: string },
  direction: HistoryRow['direction'],
  messageId: string,
): string {
  const own = `${target}/${txId}/`; // the ids of commands begin with it
  const rest = messageId.startsWith(own) ? messageId.slice(own.length) : `/${messageId}`;
  return `${txId}/${target}/${direction}/${rest}`;
}

/** A message that is sent or received for the first time. `number`: which of its saga it is; 0 for an event. */
export function newHistoryRow(
  process: Parameters<typeof historyIdOf>[0],
  number: number,
  what: Omit<HistoryRow, 'id' | 'number' | 'times' | 'at' | 'lastAt'>,
  at: Date,
): HistoryRow {
  const id = historyIdOf(process, what.direction, what.messageId);
  return { id, number, ...what, times: 1, at, lastAt: at };
}
/** Of what is no refusal. */
export const noRefusal = { code: null, errorMessage: null } as const;

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
