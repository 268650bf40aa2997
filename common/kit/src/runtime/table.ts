import type { RowId } from '../ports';

/** What a database column holds. Dates are milliseconds since 1970, flags 0 or 1. */
export type SqlValue = string | number | Buffer | null;

/** How items are rows. The first column is the primary key. */
export interface Table<Item = any, Id extends RowId = any> {
  readonly name: string;
  readonly columns: readonly string[];
  readonly idOf: (item: Item) => Id;
  readonly toRow: (item: Item) => readonly SqlValue[];
  readonly toItem: (row: readonly SqlValue[]) => Item;
  /** `none`: rows are only read by those who also read others, so loading one takes no lock. */
  readonly lock: 'row' | 'none';
  /** Nearly always empty: a load fetches all of it instead of asking for each id. */
  readonly sparse: boolean;
}

/**
 * The table of a flat item: a column for each property, `camelCase` as `snake_case`, the first one being the id.
 * `table<User>('users', { userId: integer, name: text, status: text })`
 */
export function table<Item extends object, Id extends RowId = string>(
  name: string,
  properties: { readonly [Property in keyof Item]-?: Column<Item[Property]> },
  { lock = 'row', sparse = false }: { lock?: Table['lock']; sparse?: boolean } = {},
): Table<Item, Id> {
  const columns = Object.entries(properties) as [keyof Item & string, Column<any>][];
  const [idName] = columns[0]!;
  return {
    name,
    columns: columns.map(([property]) => property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)),
    idOf: (item) => item[idName] as Id,
    toRow: (item) => columns.map(([property, { write }]) => write(item[property])),
    toItem: (row) => {
      const item: Record<string, unknown> = {};
      columns.forEach(([property, { read }], index) => (item[property] = read(row[index]!)));
      return item as Item;
    },
    lock,
    sparse,
  };
}

/** How a property is a column. Both ways have to agree: `read(write(value))` equals `value`. */
export interface Column<Value> {
  readonly write: (value: Value) => SqlValue;
  readonly read: (stored: any) => Value;
}

const asIs = { write: (value: any) => value, read: (stored: any) => stored };
export const text: Column<any> = asIs;
/** Safe integers; a bigint column. */
export const integer: Column<number> = { write: (value) => value, read: Number };
export const bytes: Column<Buffer> = asIs;
export const flag: Column<boolean> = { write: (value) => (value ? 1 : 0), read: (stored) => Number(stored) === 1 };
export const moment: Column<Date> = { write: (value) => value.getTime(), read: (stored) => new Date(Number(stored)) };
/** A list or an object that is only ever read and written as a whole. */
export const json: Column<any> = {
  write: (value) => JSON.stringify(value),
  read: (stored) => (typeof stored === 'string' ? JSON.parse(stored) : stored),
};
export const nullable = <Value>({ write, read }: Column<Value>): Column<Value | null> => ({
  write: (value) => (value === null ? null : write(value)),
  read: (stored) => (stored === null ? null : read(stored)),
});
