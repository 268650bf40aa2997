import type { Correlation } from '../../ports';
import { historyIdOf, historyTable, type HistoryRow } from '../ports/saga-tables';
import type { Attempt } from '../transaction/attempt';

/** Remembers that an event was sent, for the story of its process. */
export function noteSent(
  attempt: Attempt,
  correlation: Correlation,
  what: Pick<HistoryRow, 'topic' | 'type' | 'messageId' | 'causationId'>,
  at: Date,
): void {
  attempt.rows(historyTable).add({
    id: historyIdOf(correlation, 'sent', what.messageId),
    number: 0,
    direction: 'sent',
    ...what,
    code: null,
    errorMessage: null,
    awaited: true,
    times: 1,
    at,
    lastAt: at,
  });
}
