import type { Desk } from './engine';
import type { Incoming } from './broker';
import { lineTable, parkedTable, type LineRow, type ParkedRow, type ParkReason } from './kit-tables';

/** At this bound a line or a service parks nothing more: the message waits instead, and in time its partition. */
export const parkedMax = { line: 1_000, service: 1_000_000 } as const;
const errorCharsMax = 1_000;

/** A message to be given up. `id` is the message's own, if it has one. */
export interface Parking {
  readonly record: Incoming;
  readonly id: string | undefined;
  /** The line it stands in, and blocks. */
  readonly line: LineRow | undefined;
  readonly reason: ParkReason;
  readonly error: string;
  readonly attempts: number;
  /** Whether there is room for one more. */
  readonly mayAdd: boolean;
}

/**
 * Keeps a message that nobody can handle, with its reason and its bytes. One that is parked already is counted; what it was
 * tried again for in vain this time is kept, too. False where there is no room for it.
 */
export async function park(desk: Desk, parking: Parking): Promise<boolean> {
  const parked = desk.scope.rows(parkedTable);
  const { record, line, reason } = parking;
  const error = parking.error.slice(0, errorCharsMax);
  const id = parkedIdOf(record, parking.id);
  const known = await parked.get(id);
  const now = desk.now();
  const isBehind = reason === 'behind';
  if (known) {
    const why = isBehind ? {} : { reason, error, attempts: known.attempts + parking.attempts };
    parked.put({ ...known, ...why, times: known.times + 1, lastAt: now });
    if (line && !isBehind) keepLine(desk, blocked(line, line.parked));
    return true;
  }
  if (!parking.mayAdd) return false;
  if (line) keepLine(desk, isBehind ? { ...line, parked: line.parked + 1 } : blocked(line, line.parked + 1));
  const { topic, partition: recordPartition, offset, key: recordKey, headers, value } = record;
  const where = { topic, recordPartition, recordOffset: String(offset), recordKey, headers, value };
  const why = { reason, error, attempts: parking.attempts };
  parked.add({ id, line: line?.id ?? null, ...why, times: 1, overtaken: false, ...where, at: now, lastAt: now });
  return true;
}

/** What a message finds in a line in which something is parked. */
export type Standing =
  | 'behind' // something stands in its way
  | 'passes' // an undo goes past its own do
  | 'again'; // it stands in the way itself, or it is its turn: it is tried anew

/** A message that comes again after it was parked is a new try. Those behind it are tried in order once it is handled. */
export async function standingOf(
  desk: Desk,
  line: LineRow,
  { topic, id, doId, isReplay }: { topic: string; id: string; doId: string | undefined; isReplay: boolean },
): Promise<Standing> {
  const parked = desk.scope.rows(parkedTable);
  const own = await parked.get(`${topic}/${id}`);
  const isItsTurn = own?.reason !== 'behind' || (isReplay && line.released);
  if (own?.line === line.id && !own.overtaken && isItsTurn) return 'again';
  const itsDo = doId === undefined ? undefined : await parked.get(`${topic}/${doId}`);
  if (itsDo?.line !== line.id) return 'behind';
  if (!itsDo.overtaken) {
    parked.put({ ...itsDo, overtaken: true });
    keepLine(desk, without(line, itsDo.reason !== 'behind'));
  }
  return 'passes';
}

/** A message that was parked has been handled. */
export function unpark(desk: Desk, line: LineRow, topic: string, id: string): void {
  desk.scope.rows(parkedTable).remove(`${topic}/${id}`);
  keepLine(desk, without(line, true));
}

/** A line that nothing is the matter with has no row. */
export function keepLine(desk: Desk, line: LineRow): void {
  if (line.head === null && line.parked === 0) desk.scope.rows(lineTable).remove(line.id);
  else desk.scope.rows(lineTable).put(line);
}

const atRest = { head: null, attempts: 0, spentMs: 0 };

const blocked = ({ id }: LineRow, parked: number): LineRow => ({ id, ...atRest, parked, released: false });

/** One less; `released`: it was the one that all the others are behind. */
const without = (line: LineRow, released: boolean): LineRow => ({
  ...line,
  parked: line.parked - 1,
  released: line.parked > 1 && (released || line.released),
});

const parkedIdOf = ({ topic, partition, offset }: Incoming, id: string | undefined): string =>
  id === undefined ? `${topic}@${partition}/${offset}` : `${topic}/${id}`;

/** The record as it was found. */
export const recordOf = (row: ParkedRow): Incoming => ({
  topic: row.topic,
  partition: row.recordPartition,
  offset: BigInt(row.recordOffset),
  key: row.recordKey,
  value: row.value,
  headers: row.headers,
});
