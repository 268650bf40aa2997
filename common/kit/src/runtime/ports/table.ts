import type { RowId } from '../../ports';
import type { ColumnType, JsonColumn, SqlValue } from './json-column';

export type { ColumnType, SqlValue };

/** A column as a database has it. */
export interface ColumnDefinition {
  readonly name: string;
  readonly type: ColumnType;
  readonly isNullable: boolean;
}

/** A table as a database has it. */
export interface TableDefinition {
  readonly name: string;
  readonly definitions: readonly ColumnDefinition[];
  /** One column if none is said: the first. */
  readonly primaryKey?: readonly string[];
}

/** How items are rows. The first column is the primary key. */
export interface Table<Item = any, Id extends RowId = any> extends TableDefinition {
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
 * What a migration makes of it is said here too. `table<User>('users', { userId: key(36), name: text, status: key(10) })`
 */
export function table<Item extends object, Id extends RowId = string>(
  name: string,
  properties: { readonly [Property in keyof Item]-?: Column<Item[Property]> },
  { lock = 'row', sparse = false }: { lock?: Table['lock']; sparse?: boolean } = {},
): Table<Item, Id> {
  const columns = Object.entries(properties) as [keyof Item & string, Column<any>][];
  const definitions = definitionsOf(properties);
  const wheres = columns.map(([property]) => `${name}.${property}`);
  const [idName] = columns[0]!;
  return {
    name,
    columns: definitions.map(({ name }) => name),
    definitions,
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

/** The columns of a table that nobody reads and writes by its rows. */
export const definitionsOf = (properties: Readonly<Record<string, Column<any>>>): readonly ColumnDefinition[] =>
  Object.entries(properties).map(([property, { type, isNullable = false }]) => ({
    name: property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    type,
    isNullable,
  }));

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
  readonly type: ColumnType;
  readonly isNullable?: boolean;
  readonly write: (value: Written) => SqlValue;
  readonly read: (stored: any) => Read;
}

const asIs = (stored: any): never => stored as never;

/** Printable ASCII of so many characters at the most: ids, names of states, whatever is looked for. */
export const key = (charsMax: number): Column<string, never> => ({
  type: { kind: 'key', charsMax },
  write: (value) => {
    if (typeof value !== 'string') return refuse('a text', value);
    if (value.length <= charsMax) return value;
    throw new TypeError(`${charsMax} characters are the most, not ${value.length}`);
  },
  read: asIs,
});
/** Up to 16 MB; nothing that is looked for. */
export const text: Column<string, never> = {
  type: { kind: 'text' },
  write: (value) => (typeof value === 'string' ? value : refuse('a text', value)),
  read: asIs,
};
/** Safe integers; a bigint column. */
export const integer: Column<number, never> = {
  type: { kind: 'integer' },
  write: (value) => (Number.isSafeInteger(value) ? value : refuse('a safe integer', value)),
  read: (stored) => asIs(Number(stored)),
};
/** A number that the database gives to each new row. */
export const serial: Column<number, never> = { ...integer, type: { kind: 'serial' } };
/** Bytes, up to 16 MB. */
export const bytes: Column<Buffer> = {
  type: { kind: 'bytes' },
  write: (value) => (Buffer.isBuffer(value) ? value : refuse('a Buffer', value)),
  read: asIs,
};
/** True or false. */
export const boolean: Column<boolean, never> = {
  type: { kind: 'boolean' },
  write: (value) => (typeof value === 'boolean' ? (value ? 1 : 0) : refuse('true or false', value)),
  read: (stored) => asIs(Number(stored) === 1),
};
/** A point in time, with milliseconds. */
export const datetime: Column<Date> = {
  type: { kind: 'integer' },
  write: (value) =>
    value instanceof Date && !Number.isNaN(value.getTime()) ? value.getTime() : refuse('a date', value),
  read: (stored) => new Date(Number(stored)),
};
/** A list or an object that is only ever read and written as a whole. */
export const json: JsonColumn<never> = {
  type: { kind: 'json' },
  write: (value) =>
    typeof value === 'object' && value !== null ? JSON.stringify(value) : refuse('a list or an object', value),
  read: (stored) => asIs(typeof stored === 'string' ? JSON.parse(stored) : stored),
};

/** For a property that may be null, of which there is no other column. */
export function nullable(column: JsonColumn<never>): JsonColumn<null>;
export function nullable<Written, Read>(column: Column<Written, Read>): Column<Written | null, Read | null>;
export function nullable({ type, write, read }: Column<any>): Column<any> {
  return {
    type,
    isNullable: true,
    write: (value) => (value === null ? null : write(value)),
    read: (stored) => (stored === null ? null : read(stored)),
  };
}

/** No value: it may be an address, and is seen in logs. */
function refuse(wanted: string, value: unknown): never {
  throw new TypeError(`${wanted} is wanted, not ${value === null ? 'null' : typeof value}`);
}
