import type { Envelope } from '../../envelope';
import { inboxIdOf, inboxTable } from '../ports/kit-tables';
import { historyIn } from '../ports/saga-history-text';
import { historyIdOf, historyTable, sagaTable } from '../ports/saga-tables';
import type { Attempt } from '../transaction/attempt';

/**
 * Whether a message was handled: what a saga was answered is in its history, and everything else in the inbox. `saga`: the
 * key of the saga of this service that it is for.
 */
export async function wasHandled(
  attempt: Attempt,
  envelope: Envelope | undefined,
  saga: string | undefined,
): Promise<boolean> {
  if (!envelope) return false;
  const inbox = attempt.rows(inboxTable).get(inboxIdOf(envelope));
  if (saga === undefined) return (await inbox) !== undefined;
  const [handled, late, row] = await Promise.all([
    inbox,
    attempt.rows(historyTable).get(historyIdOf(envelope, 'received', envelope.id)),
    attempt.rows(sagaTable).get(saga),
  ]);
  if (handled || late) return true;
  const history = row ? historyIn(row) : [];
  return history.some(({ direction, messageId }) => direction === 'received' && messageId === envelope.id);
}
