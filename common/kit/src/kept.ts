/** A list or an object of what JSON knows. What is not lacks a property whose name says so. */
export type Kept<Value> = unknown extends Value
  ? unknown
  : [Extract<Value, Scalar>] extends [never]
    ? [Odd<Value, 'it', []>] extends [never]
      ? unknown
      : Lacking<`another column: JSON would not bring ${Odd<Value, 'it', []>} back as it was`>
    : Lacking<'a list or an object, and nothing else'>;

/** The same for what is kept beside other columns: any value that JSON brings back. */
export type Plain<Value, What extends string> = unknown extends Value
  ? unknown
  : [Odd<Value, 'it', []>] extends [never]
    ? unknown
    : Lacking<`${What} of plain values: JSON would not bring ${Odd<Value, 'it', []>} back as it was`>;

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
