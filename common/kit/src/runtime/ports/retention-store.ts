/** After how many days what a service keeps is purged; 0: it is kept for good. */
export interface RetentionDays {
  /** What was handled, and how it was answered. */
  readonly inbox: number;
  /** Sagas that have ended, with their history; and the rows of history that belong to no saga. */
  readonly sagas: number;
  /** Parked messages that block nobody. */
  readonly parked: number;
}
/** Nothing is purged. */
export const keepsAll: RetentionDays = { inbox: 0, sagas: 0, parked: 0 };

/** After how many days what is of a kind is purged. */
export const daysOf = (days: RetentionDays, kind: RetainedKind): number => days[kind === 'history' ? 'sagas' : kind];

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

/** What is kept and purged, in the order in which a round purges it: history as long as sagas. */
export const retainedKinds = ['sagas', 'history', 'inbox', 'parked'] as const;
/** One of them. */
export type RetainedKind = (typeof retainedKinds)[number];
/** Something of each kind; of sagas, of those that have ended. */
export type OfEachKind<T> = Readonly<Record<RetainedKind, T>>;

/** One of each kind. */
export const ofEachKind = <T>(of: (kind: RetainedKind) => T): OfEachKind<T> => ({
  sagas: of('sagas'),
  history: of('history'),
  inbox: of('inbox'),
  parked: of('parked'),
});

/** What a step is to look at. */
export interface PurgeRequest {
  /** What is from then or earlier is old enough. */
  readonly before: Date;
  readonly limit: number;
  /** When it is now. */
  readonly now: Date;
  readonly after?: OldRow | undefined;
}

/** What was purged of a kind so far. */
export interface Purges {
  /** It was old enough from then or earlier. */
  readonly cutoff: Date | undefined;
  readonly at: Date | undefined;
  readonly rows: number;
}

/**
 * Purges what is old enough. Each call looks at no more than `limit` rows, the oldest first, and deletes in one short
 * transaction those of them that nobody needs, and notes it; several instances may call at the same time, and each row counts
 * once.
 */
export abstract class RetentionStore {
  /**
   * Rows of the inbox from `before` or earlier. Kept are those of processes whose saga is open in this database, and those
   * that say that an undo came first: its command may be parked somewhere, and come yet.
   */
  abstract inbox(request: PurgeRequest): Promise<PurgeStep>;
  /** Rows of `kit_history` that were last added to at `before` or earlier, and belong to no saga that is there. */
  abstract history(request: PurgeRequest): Promise<PurgeStep>;
  /** Parked messages that last came at `before` or earlier. One that has others behind it, or is behind another, is kept. */
  abstract parked(request: PurgeRequest): Promise<PurgeStep>;
  /** Sagas that have ended at `before` or earlier, each with all of its rows of `kit_history` or not at all. */
  abstract sagas(request: PurgeRequest): Promise<{ readonly sagas: number; readonly history: number }>;
  /** What was purged so far. What has gone is noted with it, in one transaction. */
  abstract purges(): Promise<OfEachKind<Purges>>;
  /** When the oldest of each was written, and the first saga ended; `undefined` where there is none. */
  abstract oldest(): Promise<OfEachKind<Date | undefined>>;
  /** How many rows there are of each. Reads an index from end to end. */
  abstract count(): Promise<OfEachKind<number>>;
  /** How many of each are from `before` or earlier: so many would be purged at the most. */
  abstract countOld(before: OfEachKind<Date>): Promise<OfEachKind<number>>;
}
