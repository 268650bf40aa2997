/**
 * The part of Avro that contracts and saga states are written in. The only union is "null or one other type", so a value
 * is never wrapped in a branch name, and an optional field can be added to a schema that is already in use.
 * Source: the Avro 1.11 specification, "Complex Types" and "Schema Resolution".
 */
export type AvroType = AvroPrimitive | AvroLogical | AvroEnum | AvroArray | AvroMap | AvroRecord;
export type AvroPrimitive = 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string';
export type AvroLogical = typeof timestamp | typeof uuid;
export type AvroArray = { readonly type: 'array'; readonly items: AvroType };
export type AvroMap = { readonly type: 'map'; readonly values: AvroType };
export type AvroEnum = Named & { readonly type: 'enum'; readonly symbols: readonly string[] };
export type AvroRecord = Named & {
  readonly type: 'record';
  readonly doc?: string;
  readonly fields: readonly AvroField[];
};
export type AvroField = {
  readonly name: string;
  readonly doc?: string;
  readonly type: AvroType | Nullable;
  readonly default?: unknown;
};
export type Nullable = readonly ['null', AvroType];

/** `namespace` is required: a nested name without one would silently take its parent's, and a namespace is for ever. */
type Named = { readonly name: string; readonly namespace: string };

/** Milliseconds since 1970 on the wire, a `Date` in the program. */
export const timestamp = { type: 'long', logicalType: 'timestamp-millis' } as const;
export const uuid = { type: 'string', logicalType: 'uuid' } as const;

/** The TypeScript type of the values that an Avro type describes. */
export type AvroValue<T> = T extends keyof PrimitiveValues
  ? PrimitiveValues[T]
  : T extends { readonly logicalType: infer L extends keyof LogicalValues }
    ? LogicalValues[L]
    : T extends { readonly type: 'record'; readonly fields: infer F extends readonly AvroField[] }
      ? { readonly [Field in F[number] as Field['name']]: FieldValue<Field['type']> }
      : T extends { readonly type: 'enum'; readonly symbols: readonly (infer Symbol)[] }
        ? Symbol
        : T extends { readonly type: 'array'; readonly items: infer Item }
          ? readonly AvroValue<Item>[]
          : T extends { readonly type: 'map'; readonly values: infer Value }
            ? Readonly<Record<string, AvroValue<Value>>>
            : never;

type FieldValue<T> = T extends readonly ['null', infer Some] ? AvroValue<Some> | null : AvroValue<T>;
type LogicalValues = { 'timestamp-millis': Date; uuid: string };
type PrimitiveValues = {
  boolean: boolean;
  int: number;
  long: number;
  float: number;
  double: number;
  bytes: Buffer;
  string: string;
};

/** A nullable field says `default: null`: only then can readers and writers of two versions understand each other. */
export type NullByDefault<R extends AvroRecord> = {
  readonly fields: {
    readonly [I in keyof R['fields']]: R['fields'][I] extends { readonly type: Nullable }
      ? { readonly default: null }
      : unknown;
  };
};

/** What remembers the TypeScript type of its values, so that it is computed once. */
export type Shape<Value> = { readonly '~value'?: Value }; // never there: it only carries the type
export type ValueOf<S> = S extends { readonly '~value'?: infer Value } ? Value : never;

/** A record that is not a message by itself: a part of several contracts, or the state of a saga. */
export const record = <const R extends AvroRecord>(literal: R & NullByDefault<R>): R & Shape<AvroValue<R>> => literal;
