import type { AvroArray, AvroEnum, AvroField, AvroMap, AvroRecord, Nullable } from './avro';

// What a literal has to be, besides of the right shape. One that is not lacks a property whose name says what is wrong:
// so the compiler says it, at the place where it is. What gets past the compiler meets check-schema.ts.

/** `unknown` for a record of which everything is kept, and from which types can be inferred. */
export type Sound<R extends AvroRecord, Attribute extends PropertyKey = keyof AvroRecord> = Only<R, Attribute> &
  Literal<R['name']> & { readonly fields: SoundFields<R['fields']> };

/** What is named by a string that could be any other has lost its types. */
export type Literal<Name extends string, Lacking extends string = 'a literal as its name'> = Unless<
  IsLiteral<Name>,
  `${Lacking}: with any string, types are lost`
>;

/** An empty object has properties of these names only where they are any strings, or all of a pattern. */
type IsLiteral<Name extends string> = [Name] extends [never] ? true : {} extends Record<Name, 1> ? false : true;
type Unless<Is extends boolean, Lacking extends PropertyKey> = Is extends true
  ? unknown
  : { readonly [Property in Lacking]: never };

type Only<T, Attribute extends PropertyKey> = Unless<
  [Exclude<keyof T, Attribute | '~value'>] extends [never] ? true : false,
  `its schema without ${Exclude<keyof T, Attribute | '~value'> & string}: leave it out`
>;

type SoundFields<F extends AvroRecord['fields']> = number extends F['length']
  ? Unless<false, 'fields in a list as const: with any fields, types are lost'>
  : { readonly [I in keyof F]: F[I] & SoundField<F[I]> };

/** A nullable field says `default: null`: only then can readers and writers of two versions understand each other. */
type SoundField<F extends AvroField> = Only<F, keyof AvroField> &
  Literal<F['name']> &
  (F['type'] extends Nullable ? { readonly default: null } : unknown) & { readonly type: SoundType<F['type']> };

type SoundType<T> = T extends string
  ? unknown
  : '~value' extends keyof T // it has come through `record`
    ? unknown
    : T extends readonly ['null', infer Some]
      ? { readonly 1: SoundType<Some> }
      : T extends AvroRecord
        ? Sound<T>
        : T extends AvroEnum
          ? Only<T, keyof AvroEnum> & Literal<T['symbols'][number], 'literals as its symbols'> & SoundDefault<T>
          : T extends AvroArray
            ? Only<T, keyof AvroArray> & { readonly items: SoundType<T['items']> }
            : T extends AvroMap
              ? Only<T, keyof AvroMap> & { readonly values: SoundType<T['values']> }
              : Only<T, 'type' | 'logicalType'>;

type SoundDefault<E extends AvroEnum> = E extends { readonly default: infer Default }
  ? Unless<Default extends E['symbols'][number] ? true : false, 'one of its symbols as its default'>
  : unknown;
