import { delayedEventTable } from '../ports/delayed-event-table';
import type { DelayedEvent, OutboxStore } from '../ports/store';
import { headersFrom } from '../tracing/trace-headers';
import type { ServiceClock } from '../relay/service-clock';
import type { Attempt } from '../transaction/attempt';
import type { DueWork } from './due-poll';
import { noteSent } from './note-sent';

/**
 * Sends the events whose time has come. Their rows are deleted in the transaction that sends them: once over instances and
 * restarts, and never when they were cancelled.
 */
export class DelayedEvents implements DueWork<DelayedEvent, void> {
  readonly looking = 'look for events that are due';
  readonly failing = 'could not send an event that is due; perhaps others like it neither. They are tried again';

  constructor(
    private readonly clock: ServiceClock,
    private readonly store: OutboxStore,
  ) {}

  find(now: Date, limit: number, after: DelayedEvent | undefined): Promise<readonly DelayedEvent[]> {
    return this.store.delayedDue(now, limit, after);
  }

  idOf({ id }: DelayedEvent): string {
    return id;
  }

  bytesOf({ bytes }: DelayedEvent): number {
    return bytes;
  }

  async act(attempt: Attempt, { id }: DelayedEvent): Promise<void> {
    const rows = attempt.rows(delayedEventTable);
    const row = await rows.get(id);
    if (!row || row.dueAt > this.clock.forWaits()) return;
    rows.delete(id);
    const { topic, txId, target, type, causationId } = row;
    const headers = headersFrom(row.traceparent);
    attempt.sent.push({ topic, key: txId, value: row.value, ...(headers && { headers }) });
    noteSent(attempt, { target, txId }, { topic, type, messageId: id, causationId }, this.clock.now());
  }

  acted(): void {}

  kindOf(_due: DelayedEvent, error: unknown): string {
    return error instanceof Error ? error.name : typeof error;
  }
}
