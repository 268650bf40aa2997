import type { Knex } from 'knex';
import type { SqlValue, Table } from '../runtime';
import type { SqlAccess } from './sql-reader';

/** Items of a table, those that `narrow` leaves. */
export async function itemsOf<Item>(
  access: SqlAccess,
  { name, columns, toItem }: Table<Item>,
  narrow: (query: any) => any,
): Promise<Item[]> {
  const rows: Record<string, SqlValue>[] = await access.look(async (knex) => narrow(knex(name).select(...columns)));
  return rows.map((row) => toItem(columns.map((column) => row[column]!)));
}

/** Rows of up to a time, the oldest first; what is behind `after`, if it is given. They have an `id` besides that time. */
export function upTo(
  query: Knex.QueryBuilder,
  column: 'due_at' | 'at',
  {
    until,
    limit,
    after,
  }: { until: Date; limit: number; after?: { readonly at: Date; readonly id: string } | undefined },
): Knex.QueryBuilder {
  const old = query.where(column, '<=', until.getTime()).orderBy([column, 'id']).limit(limit);
  if (!after) return old;
  const at = after.at.getTime();
  return old.whereRaw('?? >= ? and (?? > ? or id > ?)', [column, at, column, at, after.id]);
}
