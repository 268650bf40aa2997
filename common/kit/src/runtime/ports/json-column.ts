import type { Kept } from '../../kept';

/** What a database column holds. Dates are milliseconds since 1970, booleans 0 or 1. */
export type SqlValue = string | number | Buffer | null;

/** What a column is in a database. */
export type ColumnType =
  /** Printable ASCII of so many characters at the most, compared byte by byte: what ids, names and indexes are made of. */
  | { readonly kind: 'key'; readonly charsMax: number }
  /** Up to 16 MB each. */
  | { readonly kind: 'text' | 'bytes' | 'json' }
  | { readonly kind: 'integer' | 'boolean' }
  /** A number that the database gives. */
  | { readonly kind: 'serial' };

/** A column that takes whatever JSON brings back as it was; with `Null`, or null. */
export interface JsonColumn<Null extends null> {
  readonly type: ColumnType;
  readonly isNullable?: boolean;
  readonly write: <Value>(value: Value & Kept<Exclude<Value, Null>>) => SqlValue;
  readonly read: (stored: any) => Null;
}
