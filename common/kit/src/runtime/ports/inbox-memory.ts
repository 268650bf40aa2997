import type { SagaRow } from './saga-tables';

const dayMs = 86_400_000;
/** What the clocks of the services may differ by, and more. */
const marginMs = dayMs;

/**
 * From when on it is known of each message whether it was handled. What is older may have been handled and forgotten: handled
 * again, it could be done twice; and an undo would not find what it is to take back. The setting is the same for all services,
 * so that whoever has begun a saga knows for how long its participants remember what they have done for it.
 */
export class InboxMemory {
  constructor(
    /** For how many days what was handled is remembered; 0: for good. */
    private readonly days: number,
    /** What was handled at this time or earlier was purged, by whatever setting there was then. */
    private purgedBefore?: Date,
  ) {}

  /** Another instance may purge, with a setting of its own. */
  purged(before: Date | undefined): void {
    this.purgedBefore = before;
  }

  /** `undefined`: nothing was ever forgotten. */
  since(now: Date): Date | undefined {
    return dateOf(Math.max(this.byDays(now), this.purgedBefore ? this.purgedBefore.getTime() + marginMs : -Infinity));
  }

  /**
   * Why a message that is not in the inbox may not be handled; `undefined`: it may. One that was parked before it could be
   * forgotten was not handled, however long ago that was.
   */
  forgotten(occurredAt: Date, now: Date, parkedAt?: Date): string | undefined {
    const since = parkedAt ? dateOf(this.byDays(parkedAt)) : this.since(now);
    if (!since || occurredAt >= since) return undefined;
    return `it is of ${occurredAt.toISOString()}, and what was handled is remembered since ${since.toISOString()} only (RETENTION_INBOX_DAYS): handled now, it could be done twice. What is of then or later is safe; see to this one yourself, and drop it`;
  }

  /** Why nothing that this saga has asked for may be asked again or undone; `undefined`: it may. */
  forgottenSaga({ id, startedAt }: Pick<SagaRow, 'id' | 'startedAt'>, now: Date): string | undefined {
    const since = this.since(now);
    if (!since || startedAt > since) return undefined;
    return `saga ${id} began on ${startedAt.toISOString()}, and what was handled for it is remembered since ${since.toISOString()} only (RETENTION_INBOX_DAYS): what is asked again could be done twice, and what is to be undone not be found. See to it yourself, and abandon it`;
  }

  private byDays(now: Date): number {
    return this.days > 0 ? now.getTime() - this.days * dayMs + marginMs : -Infinity;
  }
}

const dateOf = (ms: number): Date | undefined => (ms === -Infinity ? undefined : new Date(ms));
