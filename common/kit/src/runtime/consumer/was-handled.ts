import type { Envelope } from '../../envelope';
import { inboxIdOf, inboxTable } from '../ports/kit-tables';
import { historyIdOf, historyTable } from '../ports/saga-tables';
import type { Attempt } from '../transaction/attempt';

/** Whether a message was handled: what a saga was answered is in its history, and everything else in the inbox. */
export async function wasHandled(attempt: Attempt, envelope: Envelope | undefined): Promise<boolean> {
  if (!envelope) return false;
  const rows = await Promise.all([
    attempt.rows(inboxTable).get(inboxIdOf(envelope)),
    attempt.rows(historyTable).get(historyIdOf(envelope, 'received', envelope.id)),
  ]);
  return rows.some((row) => row !== undefined);
}
