import type { DelayedEventRow } from '../ports/delayed-event-table';
import { historyIdOf, historyTable } from '../ports/saga-tables';
import type { Attempt } from '../transaction/attempt';

/** An event that a service has sent, as its story tells of it. */
type SentEvent = Pick<DelayedEventRow, 'id' | 'topic' | 'type' | 'target' | 'txId' | 'causationId'>;

/** Remembers that an event was sent. */
export function noteSent(attempt: Attempt, event: SentEvent, at: Date): void {
  const { id: messageId, topic, type, causationId } = event;
  attempt.rows(historyTable).add({
    ...{ id: historyIdOf(event, 'sent', messageId), number: 0, direction: 'sent', topic, type, messageId },
    ...{ causationId, code: null, errorMessage: null, awaited: true, times: 1, at, lastAt: at },
  });
}
