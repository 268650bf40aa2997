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

/**
 * Rows of up to a time, in milliseconds, or up to a slot, the oldest first; what is behind `after`, if it is given. They have
 * an `id` besides.
 */
export function upTo(
  query: Knex.QueryBuilder,
  column: 'due_at' | 'at' | 'due_slot',
  {
    until,
    limit,
    after,
  }: { until: number; limit: number; after?: { readonly at: number; readonly id: string } | undefined },
): Knex.QueryBuilder {
  const old = query.where(column, '<=', until).orderBy([column, 'id']).limit(limit);
  return after ? old.whereRaw('?? >= ? and (?? > ? or id > ?)', [column, after.at, column, after.at, after.id]) : old;
}

/** The least of a column, if there is one. */
export async function firstOf(query: Knex.QueryBuilder, column: string): Promise<number | undefined> {
  const [row]: { first: number | null }[] = await query.min({ first: column });
  return row && row.first !== null ? Number(row.first) : undefined;
}

/** The first time of rows that have an index by its slot: of those in the first slot the least. */
export async function firstBySlot(
  rows: () => Knex.QueryBuilder,
  slotColumn: 'due_slot' | 'updated_slot',
  column: string,
): Promise<number | undefined> {
  const [slot]: number[] = await rows().orderBy(slotColumn).limit(1).pluck(slotColumn);
  return slot === undefined ? undefined : firstOf(rows().where(slotColumn, slot), column);
}
