import { isDeepStrictEqual } from 'node:util';
import { Type } from 'avsc';
import fc from 'fast-check';
import { timestamp, uuid, type AvroRecord, type AvroType, type Nullable } from '../avro';
import { record } from '../record';
import { avroTypeOf, canonical } from './avro-schema';

/** A type of the grammar, and a value of it. */
interface Sample {
  readonly type: AvroType | Nullable;
  readonly value: unknown;
}

const plain = {
  boolean: fc.boolean(),
  int: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  long: fc.maxSafeInteger(),
  float: fc.float(),
  double: fc.double(),
  bytes: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  string: fc.string({ unit: 'grapheme' }),
};
const ofPlain = Object.entries(plain).map(([type, values]) =>
  (values as fc.Arbitrary<unknown>).map((value): Sample => ({ type: type as keyof typeof plain, value })),
);
const ofLogical = [
  fc.date({ noInvalidDate: true, min: new Date(-(2 ** 52)) }).map((value): Sample => ({ type: timestamp, value })),
  fc.uuid().map((value): Sample => ({ type: uuid, value })),
];
let names = 0; // each named type is another one
const named = () => ({ name: `N${++names}`, namespace: `space${names % 3}` });
const ofEnum = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.nat()).map(([count, index]): Sample => {
  const symbols = Array.from({ length: count }, (_, each) => `S${each}`);
  return { type: { type: 'enum', ...named(), symbols }, value: symbols[index % count] };
});
const keys = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString'));

const { sample } = fc.letrec<{ sample: Sample; some: Sample }>((tie) => ({
  some: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    ...ofPlain,
    ...ofLogical,
    ofEnum,
    fc.tuple(tie('some'), fc.nat(3)).map(([{ type, value }, length]): Sample => ({
      type: { type: 'array', items: type as AvroType },
      value: Array<unknown>(length).fill(value),
    })),
    fc.tuple(tie('some'), fc.array(keys, { maxLength: 3 })).map(([{ type, value }, names]): Sample => ({
      type: { type: 'map', values: type as AvroType },
      value: Object.fromEntries(names.map((name) => [name, value])),
    })),
    fc.array(tie('sample'), { maxLength: 4 }).map((fields): Sample => ({
      type: recordOf(fields.map(({ type }) => type)),
      value: Object.fromEntries(fields.map(({ value }, index) => [`f${index}`, value])),
    })),
  ),
  sample: fc.oneof(
    tie('some'),
    fc.tuple(tie('some'), fc.boolean()).map(([{ type, value }, missing]): Sample => ({
      type: ['null', type as AvroType] as const,
      value: missing ? null : value,
    })),
  ),
}));

function recordOf(types: readonly Sample['type'][]): AvroRecord {
  const fields = types.map((type, index) => ({
    name: `f${index}`,
    type,
    ...(Array.isArray(type) && { default: null }),
  }));
  return { type: 'record', ...named(), fields };
}

test('whatever the grammar can say survives the wire, nested however deep', () => {
  const records = fc.array(sample, { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(records, (fields) => {
      const schema = recordOf(fields.map(({ type }) => type));
      const value = Object.fromEntries(fields.map((field, index) => [`f${index}`, field.value]));
      const type = avroTypeOf(canonical(schema));
      const bytes = type.toBuffer(value);
      const registered = avroTypeOf(JSON.parse(JSON.stringify(canonical(schema))) as 'string');
      for (const resolver of [undefined, type.createResolver(registered)])
        expect(isDeepStrictEqual(type.fromBuffer(bytes, resolver), value)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

const airLine = record({ type: 'record', name: 'Line', namespace: 'air', fields: [{ name: 'seats', type: 'int' }] });
const railLine = record({ type: 'record', name: 'Line', namespace: 'rail', fields: [{ name: 'km', type: 'double' }] });
const both = record({
  type: 'record',
  name: 'Both',
  namespace: 'x',
  fields: [
    { name: 'there', type: airLine },
    { name: 'back', type: railLine },
    { name: 'more', type: { type: 'array', items: airLine } },
    { name: 'least', type: ['null', railLine], default: null },
  ],
});

test('a part that is met again is named in full, since a name may be defined but once', () => {
  expect(() => Type.forSchema(JSON.parse(JSON.stringify(both)) as 'string')).toThrow('duplicate type name: air.Line');
  const { fields } = canonical(both) as unknown as { fields: { type: unknown }[] };
  expect(fields[0]?.type).toEqual({ ...airLine });
  expect(fields[2]?.type).toEqual({ type: 'array', items: 'air.Line' });
  expect(fields[3]?.type).toEqual(['null', 'rail.Line']);
});

test('two parts of one short name stay two', () => {
  const type = avroTypeOf(canonical(both));
  const value = { there: { seats: 1 }, back: { km: 0.5 }, more: [{ seats: 2 }], least: { km: 7 } };
  expect(type.fromBuffer(type.toBuffer(value))).toEqual(value);
});

test('an enum that is met again is named in full too', () => {
  const color = { type: 'enum', name: 'Color', namespace: 'x', symbols: ['RED', 'BLUE'] } as const;
  const type = avroTypeOf(canonical(recordOf([color, { type: 'map', values: color }])));
  expect(type.fromBuffer(type.toBuffer({ f0: 'RED', f1: { a: 'BLUE' } }))).toEqual({ f0: 'RED', f1: { a: 'BLUE' } });
});

test('a schema is registered with all that it says, in one order, and with nothing that it does not say', () => {
  const doc = 'what it is for';
  const color = { symbols: ['RED'], name: 'Color', namespace: 'x', type: 'enum' } as const;
  const fields = [
    { aliases: ['old'], name: 'a', type: 'int', doc, default: 0 },
    { name: 'b', type: timestamp },
    { name: 'c', type: { default: 'RED', ...color, name: 'Colour', aliases: ['Color'], doc } },
    { name: 'd', type: color },
  ] as const;
  const schema = { type: 'record', name: 'Doc', namespace: 'x', doc, topic: 'not-in-the-schema', fields } as const;
  const text =
    '{"type":"record","name":"Doc","namespace":"x","doc":"what it is for","fields":[' +
    '{"name":"a","doc":"what it is for","type":"int","default":0,"aliases":["old"]},' +
    '{"name":"b","type":{"type":"long","logicalType":"timestamp-millis"}},' +
    '{"name":"c","type":{"type":"enum","name":"Colour","namespace":"x","doc":"what it is for","aliases":["Color"],"symbols":["RED"],"default":"RED"}},' +
    '{"name":"d","type":{"type":"enum","name":"Color","namespace":"x","symbols":["RED"]}}]}';
  expect(JSON.stringify(canonical(schema))).toBe(text);
});

test('a field with a default may be left out, and what the schema does not know is not written', () => {
  const type = avroTypeOf(canonical(both));
  const value = { there: { seats: 1, wings: 2 }, back: { km: 1 }, more: [], colour: 'red' };
  expect(type.fromBuffer(type.toBuffer(value))).toEqual({
    there: { seats: 1 },
    back: { km: 1 },
    more: [],
    least: null,
  });
});

test('a default that is not of its field is found out where the schema is made', () => {
  const odd = { ...airLine, fields: [{ name: 'seats', type: 'int', default: 'many' }] } as const;
  expect(() => avroTypeOf(canonical(odd))).toThrow('many');
});
