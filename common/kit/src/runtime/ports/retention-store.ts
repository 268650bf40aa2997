/** After how many days what a service keeps is purged; 0: it is kept for good. */
export interface RetentionDays {
  /** What was handled, and how it was answered. */
  readonly inbox: number;
  /** Sagas that have ended, with their history; and the history of what belongs to no saga. */
  readonly sagas: number;
  /** Parked messages that block nobody. */
  readonly parked: number;
}
/** Nothing is purged. */
export const keepsAll: RetentionDays = { inbox: 0, sagas: 0, parked: 0 };

/** Where looking through the oldest rows of a table has come to. */
export interface OldRow {
  readonly id: string;
  readonly at: Date;
}

/** What one step has purged. */
export interface PurgeStep {
  readonly purged: number;
  /** Where the next step goes on; `undefined` when nothing is left that is old enough. */
  readonly after: OldRow | undefined;
}

/** When the oldest row of each table was written; `undefined` where there is none. */
export interface OldestRows {
  readonly inbox: Date | undefined;
  /** Of those that have ended: when the first of them did. */
  readonly sagas: Date | undefined;
  readonly history: Date | undefined;
  readonly parked: Date | undefined;
}

/**
 * Purges what is old enough. Each call looks at no more than `limit` rows, the oldest first, and deletes in one short
 * transaction those of them that nobody needs; several instances may call at the same time, and each row counts once.
 */
export abstract class RetentionStore {
  /**
   * Rows of the inbox from `before` or earlier. Kept are those of processes whose saga is open in this database, and those
   * that say that an undo came first: its command may be parked somewhere, and come yet.
   */
  abstract inbox(before: Date, limit: number, after?: OldRow): Promise<PurgeStep>;
  /** History that was last added to at `before` or earlier, and belongs to no saga that is there. */
  abstract history(before: Date, limit: number, after?: OldRow): Promise<PurgeStep>;
  /** Parked messages that last came at `before` or earlier. One that has others behind it, or is behind another, is kept. */
  abstract parked(before: Date, limit: number, after?: OldRow): Promise<PurgeStep>;
  /** Sagas that have ended at `before` or earlier, each with all of its history or not at all. */
  abstract sagas(before: Date, limit: number): Promise<{ readonly sagas: number; readonly history: number }>;
  abstract oldest(): Promise<OldestRows>;
}
