import type { RowId } from '../../ports';
import type { JsonColumn, SqlValue } from './json-column';

export type { SqlValue };

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
  const wheres = columns.map(([property]) => `${name}.${property}`);
  const [idName] = columns[0]!;
  return {
    name,
    columns: columns.map(([property]) => property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)),
    idOf: (item) => item[idName] as Id,
    toRow: (item) => columns.map(([property, { write }], index) => written(wheres[index]!, write, item[property])),
    toItem: (row) => {
      const item: Record<string, unknown> = {};
      columns.forEach(([property, { read }], index) => (item[property] = read(row[index]!)));
      return item as Item;
    },
    lock,
    sparse,
  };
}

function written(where: string, write: Column<any>['write'], value: unknown): SqlValue {
  try {
    return write(value);
  } catch (error) {
    throw new Error(`${where}: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * How a property is a column. Both ways have to agree: `read(write(value))` equals `value`. `write` throws for what a column
 * would not keep as it is. `Read` is `never` where what is read is of whatever type was written: one of some literals, say.
 */
export interface Column<Written, Read = Written> {
  readonly write: (value: Written) => SqlValue;
  readonly read: (stored: any) => Read;
}

const asIs = (stored: any): never => stored as never;

export const text: Column<string, never> = {
  write: (value) => (typeof value === 'string' ? value : refuse('a text', value)),
  read: asIs,
};
/** Safe integers; a bigint column. */
export const integer: Column<number, never> = {
  write: (value) => (Number.isSafeInteger(value) ? value : refuse('a safe integer', value)),
  read: (stored) => asIs(Number(stored)),
};
export const bytes: Column<Buffer> = {
  write: (value) => (Buffer.isBuffer(value) ? value : refuse('a Buffer', value)),
  read: asIs,
};
export const boolean: Column<boolean, never> = {
  write: (value) => (typeof value === 'boolean' ? (value ? 1 : 0) : refuse('true or false', value)),
  read: (stored) => asIs(Number(stored) === 1),
};
export const timestamp: Column<Date> = {
  write: (value) =>
    value instanceof Date && !Number.isNaN(value.getTime()) ? value.getTime() : refuse('a date', value),
  read: (stored) => new Date(Number(stored)),
};
/** A list or an object that is only ever read and written as a whole. */
export const json: JsonColumn<never> = {
  write: (value) =>
    typeof value === 'object' && value !== null ? JSON.stringify(value) : refuse('a list or an object', value),
  read: (stored) => asIs(typeof stored === 'string' ? JSON.parse(stored) : stored),
};

/** For a property that may be null, of which there is no other column. */
export function nullable(column: JsonColumn<never>): JsonColumn<null>;
export function nullable<Written, Read>(column: Column<Written, Read>): Column<Written | null, Read | null>;
export function nullable({ write, read }: Column<any>): Column<any> {
  return {
    write: (value) => (value === null ? null : write(value)),
    read: (stored) => (stored === null ? null : read(stored)),
  };
}

/** No value: it may be an address, and is seen in logs. */
function refuse(wanted: string, value: unknown): never {
  throw new TypeError(`${wanted} is wanted, not ${value === null ? 'null' : typeof value}`);
}
