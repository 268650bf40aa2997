import type { Table } from '../runtime';

/** Rows of a sparse table that are fetched at once; with more than these, each id is asked for. */
export const sparseMax = 1_000;

/** A table's statements, but for the values. Identifiers come from declared tables only. */
export interface TableSql {
  readonly select: string;
  readonly insert: string;
  readonly remove: string;
  /** The columns besides the id. */
  readonly rest: readonly string[];
  readonly id: string;
}

const known = new WeakMap<Table, TableSql>();

export function sqlOf(table: Table): TableSql {
  let sql = known.get(table);
  if (!sql) known.set(table, (sql = make(table)));
  return sql;
}

function make({ name, columns }: Table): TableSql {
  const [id, ...rest] = columns.map(quoted);
  return {
    select: `select ${[id, ...rest].join(', ')} from ${quoted(name)}`,
    insert: `insert into ${quoted(name)} (${[id, ...rest].join(', ')}) values `,
    remove: `delete from ${quoted(name)} where ${id}`,
    rest,
    id: id!,
  };
}

function quoted(identifier: string): string {
  if (!/^[a-z][a-z0-9_]*$/.test(identifier))
    throw new Error(`"${identifier}" is not an identifier: a to z, 0 to 9 and _`);
  return `\`${identifier}\``; // both dialects understand backticks
}

/** One order of tables for everybody, so that two transactions do not wait for each other. */
export const byName = ([a]: readonly [Table, unknown], [b]: readonly [Table, unknown]): number =>
  a.name < b.name ? -1 : 1;
