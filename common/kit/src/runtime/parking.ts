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
  readonly line: string | undefined;
  readonly reason: ParkReason;
  readonly error: string;
  readonly attempts: number;
}

/** Keeps a message that nobody can handle, with its reason and its bytes. One that is parked already is counted. */
export async function park(desk: Desk, parking: Parking): Promise<void> {
  const parked = desk.scope.rows(parkedTable);
  const { record, line, reason, attempts } = parking;
  const id = parkedIdOf(record, parking.id);
  const known = await parked.get(id);
  if (known) return parked.put({ ...known, times: known.times + 1, lastAt: desk.now() });
  if (line !== undefined) await block(desk, line);
  const at = desk.now();
  const { topic, partition: recordPartition, offset, key: recordKey, headers, value } = record;
  const error = parking.error.slice(0, errorCharsMax);
  const where = { topic, recordPartition, recordOffset: String(offset), recordKey, headers, value };
  const row: ParkedRow = {
    id,
    line: line ?? null,
    reason,
    error,
    attempts,
    times: 1,
    overtaken: false,
    ...where,
    at,
    lastAt: at,
  };
  parked.add(row);
}

/** Whether a parked message stands in the way of this one. An undo goes past its own do, and marks it. */
export async function isHeldUp(desk: Desk, line: LineRow, topic: string, doId: string | undefined): Promise<boolean> {
  if (line.parked === 0) return false;
  const parked = desk.scope.rows(parkedTable);
  const itsDo = doId === undefined ? undefined : await parked.get(`${topic}/${doId}`);
  if (itsDo?.line !== line.id) return true;
  if (!itsDo.overtaken) {
    parked.put({ ...itsDo, overtaken: true });
    keepLine(desk, { ...line, parked: line.parked - 1 });
  }
  return false;
}

/** A line that nothing is the matter with has no row. */
export function keepLine(desk: Desk, line: LineRow): void {
  if (line.head === null && line.parked === 0) desk.scope.rows(lineTable).remove(line.id);
  else desk.scope.rows(lineTable).put(line);
}

async function block(desk: Desk, id: string): Promise<void> {
  const line = await desk.scope.rows(lineTable).get(id);
  desk.scope.rows(lineTable).put({ id, head: null, attempts: 0, spentMs: 0, parked: (line?.parked ?? 0) + 1 });
}

const parkedIdOf = ({ topic, partition, offset }: Incoming, id: string | undefined): string =>
  id === undefined ? `${topic}@${partition}/${offset}` : `${topic}/${id}`;
