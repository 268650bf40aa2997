import type { Correlation } from '../../ports';
import { historyTable, newHistoryRow, noRefusal, type HistoryRow } from '../ports/saga-tables';
import type { Attempt } from '../transaction/attempt';

/** Remembers that an event was sent, for the story of its process. */
export function noteSent(
  attempt: Attempt,
  correlation: Correlation,
  what: Pick<HistoryRow, 'topic' | 'type' | 'messageId' | 'causationId'>,
  at: Date,
): void {
  const sent = { direction: 'sent', ...what, ...noRefusal, awaited: true } as const;
  attempt.rows(historyTable).add(newHistoryRow(correlation, 0, sent, at));
}
