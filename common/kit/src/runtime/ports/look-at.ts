import type { RowId } from '../../ports';
import { Entry } from './entries';
import type { Database } from './store';
import type { Table } from './table';

/** One row as it was last committed, without a lock; `undefined` if there is none. */
export async function lookAt<Item, Id extends RowId>(
  database: Pick<Database, 'look'>,
  table: Table<Item, Id>,
  id: Id,
): Promise<Item | undefined> {
  const entry = new Entry(table, id);
  await database.look(new Map([[table, [entry]]]));
  return entry.item as Item | undefined;
}
