import { historyIdOf, type HistoryRow, type InboxRow, type SagaRow, type Table } from '../src/runtime';
import type { MessageSeen, RowSeen, SagaSeen } from '../src/simulation';

/** A room that can be released, a check that leaves nothing to undo, a pivot, and a letter. */
export const tripSaga: SagaSeen = {
  name: 'TRIP',
  steps: [
    { kind: 'compensatable', command: 'Reserve', undo: 'Release' },
    { kind: 'compensatable', command: 'Check', undo: undefined },
    { kind: 'compensatable', command: 'Hold', undo: 'Free' },
    { kind: 'pivot', command: 'Pay', undo: undefined },
    { kind: 'retriable', command: 'Write', undo: undefined },
  ],
};
export const txId = 't1';
export const sagaId = `TRIP/${txId}`;
export const idOf = (command: string): string => `${sagaId}/${command}`;
const at = new Date(1_000);
export const topicOf = (command: string) => `trip-${command.toLowerCase().replace('/undo', '')}`;

/** A row as somebody writes it. */
export const row = <Item>(table: Table<Item>, item: Item, write: 'insert' | 'upsert' = 'insert'): RowSeen => ({
  table: table.name,
  write,
  id: table.idOf(item),
  item: item as Record<string, unknown>,
});
export const gone = (table: Table, id: string): RowSeen => ({
  table: table.name,
  write: 'delete',
  id,
  item: undefined,
});

export const inboxRow = (messageId: string, changes: Partial<InboxRow> = {}): InboxRow => ({
  id: `${txId}/${messageId}`,
  outcome: 'answered',
  type: messageId.slice(messageId.lastIndexOf('/') + 1),
  topic: topicOf(messageId.slice(sagaId.length + 1)),
  causationId: 'call-1',
  answerTopic: null,
  answerType: null,
  answer: null,
  at,
  ...changes,
});
export const sagaRow = (changes: Partial<SagaRow> = {}): SagaRow => ({
  id: sagaId,
  saga: 'TRIP',
  version: '1',
  status: 'running',
  step: 'Reserve',
  state: Buffer.from('state'),
  refusedStep: null,
  code: null,
  errorMessage: null,
  attempts: 1,
  dueAt: null,
  needsOperator: false,
  paused: false,
  events: 1,
  startedAt: at,
  updatedAt: at,
  traceparent: null,
  history: null,
  ...changes,
});
export const historyRow = (
  direction: 'sent' | 'received',
  messageId: string,
  changes: Partial<HistoryRow> = {},
): HistoryRow => ({
  id: historyIdOf({ target: 'TRIP', txId }, direction, messageId),
  number: 1,
  direction,
  topic: 'a-topic',
  type: 'AType',
  messageId,
  causationId: 'call-1',
  code: null,
  errorMessage: null,
  awaited: true,
  times: 1,
  at,
  lastAt: at,
  ...changes,
});
export const message = (id: string, causationId: string, changes: Partial<MessageSeen> = {}): MessageSeen => ({
  type: 'AType',
  id,
  causationId,
  target: 'TRIP',
  txId,
  code: undefined,
  ...changes,
});
