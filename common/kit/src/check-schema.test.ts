import { command, event, record, saga, timestamp } from '.';

const named = { type: 'record', name: 'Made', namespace: 'shop', topic: 't' } as const;
/** What is wrong with a contract that has this field. */
const faultOf = (field: object, ...more: object[]): string =>
  messageOf(() => event({ ...named, fields: [field, ...more] } as any));
const faultOfType = (type: unknown): string => faultOf({ name: 'a', type });

function messageOf(define: () => unknown): string {
  try {
    define();
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
}

const color = { type: 'enum', name: 'Color', namespace: 'shop', symbols: ['RED', 'BLUE'] };
const line = { type: 'record', name: 'Line', namespace: 'shop', fields: [{ name: 'count', type: 'int' }] };
const withUnit = { ...line, fields: [{ name: 'count', type: 'int', unit: 'kg' }] };

test.each([
  [faultOf({ name: 'a', type: 'int', order: 'ignore' }), ', a: a schema does not keep "order": leave it out'],
  [faultOf({ name: 'a', type: 'int', java: 'Integer' }), ', a: a schema does not keep "java": leave it out'],
  [faultOfType({ type: 'array', items: withUnit }), ', a[].count: a schema does not keep "unit": leave it out'],
  [
    faultOfType(['null', { type: 'map', values: withUnit }]),
    ', a{}.count: a schema does not keep "unit": leave it out',
  ],
  [faultOfType({ type: 'array', items: 'int', default: [] }), ', a: a schema does not keep "default": leave it out'],
  [faultOfType({ type: 'map', values: 'int', doc: 'x' }), ', a: a schema does not keep "doc": leave it out'],
  [faultOfType({ ...color, order: 'ignore' }), ', a: a schema does not keep "order": leave it out'],
  [faultOfType({ ...timestamp, precision: 3 }), ', a: a schema does not keep "precision": leave it out'],
  [
    faultOfType({ type: 'long', logicalType: 'timestamp-micros' }),
    ', a: {"type":"long","logicalType":"timestamp-micros"} is not a type that contracts know',
  ],
  [faultOfType({ type: 'fixed', name: 'F', namespace: 'x', size: 4 }), 'is not a type that contracts know'],
  [faultOfType('text'), ', a: "text" is not a type that contracts know'],
  [faultOfType(undefined), ', a: undefined is not a type that contracts know'],
  [faultOfType(['string', 'int']), ', a: ["string","int"] is not a type that contracts know'],
  [faultOfType({ ...color, default: 'GREEN' }), ', a: the default "GREEN" is not one of the symbols'],
  [faultOfType({ ...color, symbols: ['RED', 'RED'] }), ', a: there are two symbols "RED"'],
  [faultOfType({ ...color, symbols: ['light blue'] }), ', a: "light blue" is not a symbol'],
  [faultOfType({ ...color, symbols: [] }), ', a: an enum has at least one symbol'],
  [faultOfType({ ...color, name: 'the color' }), ', a: "the color" is not a name'],
  [faultOfType({ ...line, namespace: undefined }), ', a: undefined is not a namespace'],
  [faultOfType({ ...line, aliases: ['old line'] }), ', a: the alias "old line" is not a name'],
  [faultOfType({ ...line, aliases: 'Row' }), ', a: its aliases have to be a list'],
  [faultOf({ name: 'a b', type: 'int' }), ', a b: "a b" is not a name'],
  [faultOf({ name: 'a', type: 'int', aliases: ['1st'] }), ', a: "1st" is not a name'],
  [faultOf({ name: 'a', type: 'int', sensitive: 'yes' }), ', a: "sensitive" is "yes": say true, or leave it out'],
  [faultOf({ name: 'a', type: 'int', sensitive: false }), ', a: "sensitive" is false: say true, or leave it out'],
  [faultOfType({ ...line, sensitive: true }), ', a: a schema does not keep "sensitive": leave it out'],
  [faultOf({ name: 'a', type: 'int' }, { name: 'a', type: 'long' }), ': there are two fields "a"'],
])('%s', (said, part) => {
  expect(said).toContain('contract shop.Made');
  expect(said).toContain(part);
});

test.each(Object.getOwnPropertyNames(Object.prototype))('a field or an alias cannot be called "%s"', (name) => {
  const fault = `: every object has a property "${name}" already: call the field otherwise`;
  expect(faultOf({ name, type: 'int' })).toContain(fault);
  expect(faultOf({ name: 'a', type: 'int', aliases: [name] })).toContain(fault);
  expect(faultOfType({ ...line, fields: [{ name, type: 'int' }] })).toContain(fault);
});

test('a part that is two different things under one name is refused: a schema would keep but the first', () => {
  const other = { ...line, fields: [{ name: 'weight', type: 'double' }] };
  const fault = 'contract shop.Made, b: shop.Line is another thing elsewhere in this schema';
  expect(faultOf({ name: 'a', type: line }, { name: 'b', type: other })).toContain(fault);
  expect(faultOf({ name: 'a', type: line }, { name: 'b', type: { ...line } })).toBe('none');
  expect(faultOf({ name: 'a', type: color }, { name: 'b', type: { ...color, default: 'RED' } })).toContain(
    'b: shop.Color',
  );
  expect(faultOfType({ ...line, name: 'Made' })).toContain('a: shop.Made is another thing');
});

test('what a contract, a part and the state of a saga say that no schema keeps is refused where they are defined', () => {
  const reply = event({ ...named, fields: [] });
  const pivot = { do: command({ ...named, fields: [], reply, refusals: [] }) };
  const faults = [
    () => event({ ...named, fields: [], reply, refusals: [] } as any),
    () => event({ ...named, fields: [], aliases: ['Old'] } as any),
    () => command({ ...named, fields: [], reply, refusals: [], key: 'x' } as any),
    () => record({ ...named, fields: [] } as any),
    () => saga({ name: 'S', state: { ...line, order: 'x' }, compensatable: [], pivot } as any),
  ].map(messageOf);
  expect(faults).toEqual([
    'contract shop.Made: a schema does not keep "reply": leave it out',
    'contract shop.Made: a schema does not keep "aliases": leave it out',
    'contract shop.Made: a schema does not keep "key": leave it out',
    'record shop.Made: a schema does not keep "topic": leave it out',
    'the state of saga S: a schema does not keep "order": leave it out',
  ]);
});

test('what a schema keeps is taken', () => {
  const kept = { doc: 'what for', aliases: ['Old', 'mall.Older'] };
  const type = { ...line, ...kept, fields: [{ name: 'color', type: { ...color, ...kept, default: 'RED' } }] };
  const field = { name: 'a', type, doc: 'why', aliases: ['b'], default: { color: 'RED' }, sensitive: true };
  expect(faultOf(field)).toBe('none');
});
