import type { Envelope } from '../../envelope';
import { inboxIdOf, inboxTable } from '../ports/kit-tables';
import { historyIn } from '../ports/saga-history-text';
import { historyIdOf, historyTable, sagaTable } from '../ports/saga-tables';
import type { Attempt } from '../transaction/attempt';

/** Whether a message was handled: what a saga was answered is in its history, and everything else in the inbox. */
export async function wasHandled(attempt: Attempt, envelope: Envelope | undefined): Promise<boolean> {
  if (!envelope) return false;
  const { id, target, txId } = envelope;
  const [handled, late, saga] = await Promise.all([
    attempt.rows(inboxTable).get(inboxIdOf(envelope)),
    attempt.rows(historyTable).get(historyIdOf(envelope, 'received', id)),
    attempt.rows(sagaTable).get(`${target}/${txId}`),
  ]);
  if (handled || late) return true;
  const history = saga ? historyIn(saga) : [];
  return history.some(({ direction, messageId }) => direction === 'received' && messageId === id);
}
