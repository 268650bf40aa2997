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
export type AvroEnum = Named & {
  readonly type: 'enum';
  readonly symbols: readonly string[];
  /** What a reader takes a symbol for that it does not know yet: with it, an enum in use may get new ones. */
  readonly default?: string;
};
/** A record: a message, a part of one, or the state of a saga. */
export type AvroRecord = Named & {
  readonly type: 'record';
  readonly fields: readonly AvroField[];
};
/** A field of a record. A nullable one says `default: null`; one that is added later needs a default. */
export type AvroField = {
  readonly name: string;
  readonly doc?: string;
  readonly type: AvroType | Nullable;
  readonly default?: unknown;
  /** What it was called in older versions, whose values are read by these names too. */
  readonly aliases?: readonly string[];
  /** Operators do not see its values: the name of a person, an address, the number of a card. */
  readonly sensitive?: true;
};
export type Nullable = readonly ['null', AvroType];

/** `namespace` is required: a nested name without one would silently take its parent's, and a namespace is for ever. */
type Named = {
  readonly name: string;
  readonly namespace: string;
  readonly doc?: string;
  /** Older names; in the same namespace, if they do not say another. */
  readonly aliases?: readonly string[];
};

/** Milliseconds since 1970 on the wire, a `Date` in the program. */
export const timestamp = { type: 'long', logicalType: 'timestamp-millis' } as const;
/** A UUID, as text. */
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

/** What remembers the TypeScript type of its values, so that it is computed once. */
export type Shape<Value> = { readonly '~value'?: Value }; // never there: it only carries the type
/** The type of the values of a `record()` or a contract. */
export type ValueOf<S> = S extends { readonly '~value'?: infer Value } ? Value : never;
