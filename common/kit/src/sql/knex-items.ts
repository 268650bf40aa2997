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

/** What is due, the longest overdue first; what is behind `after`, if it is given. Rows have an `id` and a `due_at`. */
export function dueOf(
  query: Knex.QueryBuilder,
  now: Date,
  limit: number,
  after: { readonly dueAt: Date; readonly id: string } | undefined,
): Knex.QueryBuilder {
  const due = query.where('due_at', '<=', now.getTime()).orderBy(['due_at', 'id']).limit(limit);
  if (!after) return due;
  const at = after.dueAt.getTime();
  return due.whereRaw('due_at >= ? and (due_at > ? or id > ?)', [at, at, after.id]);
}
