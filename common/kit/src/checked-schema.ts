import type { AvroArray, AvroEnum, AvroField, AvroMap, AvroRecord, AvroType, Nullable } from './avro';

// What a literal has to be, besides of the right shape. One that is not lacks a property whose name says what is wrong:
// so the compiler says it, at the place where it is. What gets past the compiler meets check-schema.ts.

/** `unknown` for a record of which everything is kept, and from which types can be inferred. */
export type CheckedSchema<R extends AvroRecord, Attribute extends PropertyKey = keyof AvroRecord> = [
  RecordFault<R, Attribute>,
] extends [never]
  ? unknown // at once, for it is nearly always so
  : Lacks<Odd<R, Attribute> | Vague<R['name']>> & { readonly fields: SoundFields<R['fields']> };

/** `unknown` for a name that is one; what is named by a string that could be any other has lost its types. */
export type Literal<Name extends string, Lacking extends string = 'a literal as its name'> = Lacks<
  Vague<Name, Lacking>
>;

type Lacks<Fault> = [Fault] extends [never] ? unknown : { readonly [Property in Fault & string]: never };

type SoundFields<F extends AvroRecord['fields']> = number extends F['length']
  ? Lacks<FieldsFault<F>>
  : { readonly [I in keyof F]: F[I] & ([NullFault<F[I]>] extends [never] ? Lacks<FieldFault<F[I]>> : NullByDefault) };

/** A nullable field says `default: null`: only then can readers and writers of two versions understand each other. */
type NullByDefault = { readonly default: null };

// Faults: `never` where there is none.

/** An empty object has properties of these names only where they are any strings, or all of a pattern. */
type Vague<Name extends string, Lacking extends string = 'a literal as its name'> = [Name] extends [never]
  ? never
  : {} extends Record<Name, 1>
    ? `${Lacking}: with any string, types are lost`
    : never;

type Odd<T, Attribute extends PropertyKey> =
  Exclude<keyof T, Attribute | '~value'> extends infer Key extends string
    ? `its schema without ${Key}: leave it out`
    : never;

type RecordFault<R extends AvroRecord, Attribute extends PropertyKey = keyof AvroRecord> =
  Odd<R, Attribute> | Vague<R['name']> | FieldsFault<R['fields']>;

type FieldsFault<F extends AvroRecord['fields']> = number extends F['length']
  ? 'fields in a list as const: with any fields, types are lost'
  : FieldFault<F[number]>;

type FieldFault<F> = F extends AvroField
  ? Odd<F, keyof AvroField> | Vague<F['name']> | NullFault<F> | TypeFault<F['type']>
  : never;

type NullFault<F> = F extends { readonly type: Nullable }
  ? F extends NullByDefault
    ? never
    : 'null as the default of what may be null'
  : never;

type TypeFault<T> = [AvroType] extends [T] ? 'a type that is a literal: with any type, types are lost' : PartFault<T>;

type PartFault<T> = T extends string
  ? never
  : '~value' extends keyof T // it has come through `record`
    ? never
    : T extends readonly ['null', infer Some]
      ? TypeFault<Some>
      : T extends AvroRecord
        ? RecordFault<T>
        : T extends AvroEnum
          ? Odd<T, keyof AvroEnum> | Vague<T['symbols'][number], 'literals as its symbols'> | DefaultFault<T>
          : T extends AvroArray
            ? Odd<T, keyof AvroArray> | TypeFault<T['items']>
            : T extends AvroMap
              ? Odd<T, keyof AvroMap> | TypeFault<T['values']>
              : Odd<T, 'type' | 'logicalType'>;

type DefaultFault<E extends AvroEnum> = E extends { readonly default: E['symbols'][number] }
  ? never
  : E extends { readonly default: string }
    ? 'one of its symbols as its default'
    : never;
