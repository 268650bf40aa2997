import fc from 'fast-check';
import type { AvroEnum, AvroField, AvroRecord, AvroType, Nullable } from '../avro';
import { event } from '../contract';
import { avroTypeOf, canonical } from './avro-schema';
import { errorSchema, targetSchema } from './envelope-schema';
import { changeText, schemaChanges } from './schema-changes';

const schemaWith = (...fields: readonly AvroField[]): string =>
  JSON.stringify(
    canonical(targetSchema(event({ type: 'record', name: 'Made', namespace: 'shop', topic: 't', fields } as any))),
  );
const line = (...fields: readonly AvroField[]): AvroType => ({
  type: 'record',
  name: 'Line',
  namespace: 'shop',
  fields,
});
const linesOf = (...fields: readonly AvroField[]): AvroField => ({
  name: 'lines',
  type: { type: 'array', items: line(...fields) },
});
const a = (type: AvroType | Nullable, rest: object = {}): AvroField => ({ name: 'a', type, ...rest });
const color = (...symbols: string[]): AvroEnum => ({ type: 'enum', name: 'Color', namespace: 'shop', symbols });
const orRed = (...symbols: string[]): AvroType => ({ ...color('RED', ...symbols), default: 'RED' });
const b = (type: AvroType, rest: object = {}): AvroField => ({ name: 'b', type, ...rest });
const date = { type: 'long', logicalType: 'timestamp-millis' } as const;

test.each<[AvroField[], AvroField[], string[]]>([
  [[], [a('int', { default: 0 })], ['shop.Made.a: added']],
  [[], [a(['null', 'int'], { default: null })], ['shop.Made.a: added']],
  [[], [a('int')], ['shop.Made.a: added, and it has no default that older values could be read with']],
  [[a('int', { default: 0 })], [], ['shop.Made.a: removed']],
  [[a('int')], [], ['shop.Made.a: removed, and readers of the older schema have no default for it']],
  [
    [linesOf(a('long'))],
    [linesOf()],
    ['shop.Made.lines[].a: removed, and readers of the older schema have no default for it'],
  ],
  [[a('int')], [a('string')], ['shop.Made.a: was int and is string, and neither can be read as the other']],
  [
    [a('int')],
    [a('long')],
    ['shop.Made.a: was int and is long, and readers of the older schema cannot read newer values'],
  ],
  [[a('long')], [a('int')], ['shop.Made.a: was long and is int, and older values cannot be read']],
  [[a('long')], [a(date)], ['shop.Made.a: was long and is timestamp-millis, and older values cannot be read']],
  [
    [a('int')],
    [a(['null', 'int'], { default: null })],
    ['shop.Made.a: has another default', 'shop.Made.a: may be null now, and readers of the older schema need a value'],
  ],
  [[a('int', { default: 0 })], [a('int', { default: 1 })], ['shop.Made.a: has another default']],
  [
    [a({ type: 'map', values: color('RED', 'BLUE') })],
    [a({ type: 'map', values: color('RED', 'PINK') })],
    [
      'shop.Made.a{}: the symbol BLUE is removed, and older values may be it',
      'shop.Made.a{}: the symbol PINK is added, and readers of the older schema do not know it',
    ],
  ],
  [
    [a({ ...(line() as object), namespace: 'mall' } as AvroType)],
    [a(line())],
    ['shop.Made.a: was mall.Line and is shop.Line, and a name is for ever'],
  ],
  [[a('int', { doc: 'in cents' })], [a('int')], []],
  [[a(orRed())], [a(orRed('PINK'))], ['shop.Made.a: the symbol PINK is added']],
  [[a(orRed('PINK'))], [a(orRed())], ['shop.Made.a: the symbol PINK is removed']],
  [
    [a(color('RED'))],
    [a(orRed('PINK'))],
    [
      'shop.Made.a: has another default',
      'shop.Made.a: the symbol PINK is added, and readers of the older schema do not know it',
    ],
  ],
  [
    [a('int')],
    [b('int', { aliases: ['a'] })],
    ['shop.Made.a: is b now, and readers of the older schema have no default for it'],
  ],
  [[a('int', { default: 0 })], [b('int', { aliases: ['a'] })], ['shop.Made.a: is b now']],
  [[a('int', { aliases: ['b'] })], [b('int', { aliases: ['a'] })], ['shop.Made.a: is b now']],
  [
    [a('int', { default: 0 })],
    [b('string', { aliases: ['a'] })],
    ['shop.Made.a: is b now', 'shop.Made.b: was int and is string, and older values cannot be read'],
  ],
  [
    [a('string', { aliases: ['b'] })],
    [b('int', { default: 0 })],
    ['shop.Made.a: removed, and readers of the older schema cannot read newer values', 'shop.Made.b: added'],
  ],
  [
    [a('int', { default: 0 }), { name: 'c', type: 'int', default: 0 }],
    [b('int', { aliases: ['a', 'c'] })],
    ['shop.Made.a: is b now', 'shop.Made.c: is b now', 'shop.Made.b: may be a or c, and nobody can tell which'],
  ],
  [[a('int')], [a('int', { aliases: ['b'] })], ['shop.Made.a: has other aliases']],
  [
    [a(line())],
    [a({ ...(line() as AvroRecord), name: 'Row', aliases: ['Line'] })],
    ['shop.Made.a: was shop.Line and is shop.Row, and a name is for ever', 'shop.Made.a: has other aliases'],
  ],
])('%j, then %j: %j', (was, is, sentences) => {
  expect(schemaChanges(schemaWith(...was), schemaWith(...is)).map(changeText)).toEqual(sentences);
});

test('a field of the envelope is named with it', () => {
  const newer = JSON.stringify(canonical({ ...errorSchema, fields: errorSchema.fields.slice(0, -1) }));
  const [change] = schemaChanges(JSON.stringify(canonical(errorSchema)), newer);
  expect(change).toMatchObject({ at: 'saga.ErrorEventMessage.errorMessage', what: 'removed' });
});

test('a record that contains itself is compared to its end', () => {
  const tree = (type: string) => ({
    type: 'record',
    name: 'x.Tree',
    fields: [
      { name: 'value', type },
      { name: 'left', type: ['null', 'x.Tree'], default: null },
    ],
  });
  expect(schemaChanges(JSON.stringify(tree('int')), JSON.stringify(tree('string')))).toHaveLength(1);
});

const plain = fc.constantFrom<AvroType>('int', 'long', 'float', 'double', 'string', 'bytes', 'boolean', date);
const enums = fc
  .tuple(fc.subarray(['BLUE', 'PINK']), fc.boolean())
  .map(([symbols, defaults]) => (defaults ? orRed(...symbols) : color('RED', ...symbols)));
const { type } = fc.letrec<{ type: AvroType }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 2 },
    plain,
    enums,
    tie('type').map((items): AvroType => ({ type: 'array', items })),
    tie('type').map((values): AvroType => ({ type: 'map', values })),
  ),
}));
const older = fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.subarray(['a', 'b', 'c']));
const field = fc
  .tuple(fc.constantFrom('a', 'b', 'c'), type, fc.boolean(), older)
  .map(([name, type, nullable, names]) => {
    const aliases = names.filter((each) => each !== name);
    return { name, ...(nullable ? { type: ['null', type] as const, default: null } : { type }), aliases };
  });
const fields = fc.uniqueArray(field, { selector: ({ name }) => name });
/** A schema, and what becomes of it when some of its fields are replaced, added and left out. */
const versions = fc
  .tuple(fields, fields, fc.subarray(['a', 'b', 'c']))
  .map(([was, other, touched]) => {
    const is = ['a', 'b', 'c'].flatMap((name) =>
      (touched.includes(name) ? other : was).filter((each) => each.name === name),
    );
    return [was, is] as const;
  })
  .filter((each) => each.every((some) => JSON.stringify(some).split('"Color"').length <= 2)) // a name stands for one type
  .map(([was, is]) => [schemaWith(...was), schemaWith(...is)] as const);

test('a change breaks something exactly when one of the two cannot be read with the other', () => {
  const reads = (reader: string, writer: string): boolean => {
    try {
      avroTypeOf(JSON.parse(reader)).createResolver(avroTypeOf(JSON.parse(writer)));
      return true;
    } catch {
      return false;
    }
  };
  const seen = { broken: 0, fine: 0, renamed: 0 };
  fc.assert(
    fc.property(versions, ([older, newer]) => {
      const changes = schemaChanges(older, newer);
      const breaks = changes.some((change) => change.breaks);
      seen[breaks ? 'broken' : 'fine']++;
      expect(breaks).toBe(!(reads(older, newer) && reads(newer, older)));
      if (changes.some(({ what }) => / now$/.test(what))) seen.renamed++;
    }),
    { numRuns: 2_000 },
  );
  expect(Math.min(seen.broken, seen.fine, seen.renamed)).toBeGreaterThan(100);
});
