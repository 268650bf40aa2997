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

/** A list or an object of what JSON knows. What is not lacks a property whose name says so. */
type Kept<Value> = unknown extends Value
  ? unknown
  : [Extract<Value, Scalar>] extends [never]
    ? [Odd<Value, 'it', []>] extends [never]
      ? unknown
      : Lacking<`another column: JSON would not bring ${Odd<Value, 'it', []>} back as it was`>
    : Lacking<'a list or an object, and nothing else'>;

type Lacking<What extends string> = { readonly [Property in What]: never };
type Scalar = string | number | boolean | null | undefined;
type Changed =
  | { readonly toJSON: unknown }
  | ReadonlyMap<any, any>
  | ReadonlySet<any>
  | bigint
  | symbol
  | ((...args: never[]) => unknown);

/** Names of the properties that come back as something else, or not at all. Looks five levels deep. */
type Odd<Value, Name, Depth extends readonly unknown[]> = unknown extends Value
  ? never
  : Depth['length'] extends 5
    ? never
    : Value extends Scalar
      ? never
      : Value extends Changed
        ? Name
        : Value extends readonly (infer Item)[]
          ? Odd<Item, Name, [...Depth, 0]>
          : { [Key in keyof Value & string]-?: Odd<Value[Key], Key, [...Depth, 0]> }[keyof Value & string];
