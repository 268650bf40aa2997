import { retainedKinds, type OfEachKind, type RetainedKind, type RetentionDays } from '../ports/retention-store';
import type { RoundPosition } from '../retention/purge-round';

/** What whoever purges has seen, and how far that has come: all that it takes to go on, in any instance of the service. */
export interface PurgeToken {
  /** When it was described: what has become old enough since then is not meant. */
  readonly nowMs: number;
  /** The note of it in the audit. */
  readonly act?: string;
  readonly position?: RoundPosition | undefined;
}

/** As text, and only for these horizons. */
export const tokenOf = (days: RetentionDays, { nowMs, act, position }: PurgeToken): string =>
  [
    `${days.inbox}-${days.sagas}-${days.parked}`,
    nowMs,
    ...(act && position ? [act, position.kind] : []),
    ...(position?.after ? [position.after.at.getTime(), position.after.id] : []),
  ].join('~');

/** `undefined` for what was seen with other horizons, or is none. */
export function tokenFrom(text: string | undefined, days: RetentionDays): PurgeToken | undefined {
  const [seenDays, now, act, kind, at, ...id] = text?.split('~') ?? [];
  const nowMs = Number(now);
  if (seenDays !== tokenOf(days, { nowMs: 0 }).split('~')[0] || !Number.isSafeInteger(nowMs)) return undefined;
  if (act === undefined) return { nowMs };
  if (!isKind(kind)) return undefined;
  if (at === undefined) return { nowMs, act, position: { kind } };
  const after = { at: new Date(Number(at)), id: id.join('~') };
  return Number.isSafeInteger(Number(at)) ? { nowMs, act, position: { kind, after } } : undefined;
}

/** How many of each kind. */
export const amountsText = ({ sagas, history, inbox, parked }: OfEachKind<number>): string =>
  `${sagas} sagas with their history, ${history} rows of late answers and events, ${inbox} rows of the inbox and ${parked} parked messages`;

const isKind = (kind: string | undefined): kind is RetainedKind => retainedKinds.some((each) => each === kind);
