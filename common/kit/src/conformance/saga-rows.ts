import { historyIdOf, lineOf, type HistoryRow, type ParkedRow, type SagaDefinitionRow, type SagaRow } from '../runtime';

const at = new Date(1_000);

export const aSaga = (saga: string, txId: string, values: Partial<SagaRow> = {}): SagaRow => ({
  id: `${saga}/${txId}`,
  saga,
  version: 'v1',
  status: 'running',
  step: 'Pay',
  state: Buffer.of(1),
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
  ...values,
});

export const aLine = (saga: string, txId: string, number: number): HistoryRow => ({
  id: historyIdOf({ target: saga, txId }, number % 2 === 0 ? 'sent' : 'received', `message ${number}`),
  number,
  direction: number % 2 === 0 ? 'sent' : 'received',
  topic: 'payments',
  type: 'Pay',
  messageId: `message ${number}`,
  causationId: 'cause',
  code: number === 3 ? 'DECLINED' : null,
  errorMessage: number === 3 ? 'the card is declined — “no”' : null,
  awaited: number !== 10,
  times: 1,
  at,
  lastAt: new Date(2_000),
});

/** A saga whose row has these messages in its history. */
export function aSagaWith(lines: readonly HistoryRow[], saga: SagaRow): SagaRow {
  const { code = null, errorMessage = null } = lines.find((line) => line.code !== null) ?? {};
  const refused = { ...saga, code, errorMessage };
  const texts = lines.map((line, index) => lineOf(refused, line, lines[index - 1]?.messageId));
  return { ...refused, history: texts.join('') };
}

export const aDefinition = (saga: string, version: string, steps: readonly string[]): SagaDefinitionRow => ({
  id: `${saga}/${version}`,
  saga,
  steps,
  stateSchema: { type: 'record', name: 'State', namespace: 'suite', fields: [{ name: 'id', type: 'string' }] },
});

export const aParked = (id: string): ParkedRow => ({
  id,
  orderingKey: null,
  reason: 'unprocessable',
  waitsFor: null,
  error: 'it does not fit',
  attempts: 1,
  times: 1,
  overtaken: false,
  topic: 'payments',
  recordPartition: 0,
  recordOffset: '0',
  recordKey: null,
  headers: [],
  value: null,
  at,
  lastAt: at,
});
