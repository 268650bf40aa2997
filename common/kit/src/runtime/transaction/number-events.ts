import { Entry, type Entries } from '../ports/entries';
import { eventTable, lastPosition, positionTable, type EventRow, type PositionRow } from '../ports/event-tables';
import type { Session } from '../ports/store';
import type { Table } from '../ports/table';

/**
 * Gives the events among these rows their positions. The counter's row is the last that a transaction loads, and is locked
 * until that has ended: so positions are without a gap, and who sees one sees all before it. A transaction that fails
 * takes none.
 */
export async function numberEvents(rows: Entries, session: Session): Promise<Entries> {
  const events = rows.get(eventTable);
  if (!events) return rows;
  const counter = new Entry(positionTable, lastPosition);
  await session.load(new Map<Table, Entry[]>([[positionTable, [counter]]]));
  if (!counter.stored) throw new Error(`${positionTable.name} lacks its row ${lastPosition}: restore it from a backup`);
  let { position } = counter.item as PositionRow;
  for (const event of events) event.item = { ...(event.item as EventRow), position: ++position };
  counter.item = { id: lastPosition, position } satisfies PositionRow;
  counter.write = 'upsert';
  return new Map<Table, readonly Entry[]>([...rows, [positionTable, [counter]]]);
}
