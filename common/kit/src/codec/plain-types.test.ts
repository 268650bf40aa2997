import { isDeepStrictEqual } from 'node:util';
import { anEnvelope, codecOf, PaperRegistry, wired } from '../../test/paper-registry';
import type { AvroField, AvroType } from '../avro';
import { event, type Contract } from '../contract';
import { avroTypeOf } from './avro-schema';
import type { Codec } from './codec';
import { targetSchema } from './envelope-schema';

/** Names that every object knows, and some that mean something to the code which avsc makes. */
const hostile = [
  ...Object.getOwnPropertyNames(Object.prototype),
  't',
  'b',
  'v0',
  't0',
  'Record',
  'class',
  'this',
  'type',
  'name',
];

const made = (...fields: readonly AvroField[]): Contract =>
  event({ type: 'record', name: 'Made', namespace: 'shop', topic: 't', fields } as any);
const int = (name: string): AvroField => ({ name, type: 'int' });

/** The schema of such a message, as somebody writes it who does not know the kit. */
function foreign(fields: readonly unknown[]): object {
  const envelope = targetSchema(made());
  const message = { name: 'message', type: { type: 'record', name: 'Made', namespace: 'shop', fields } };
  return { ...envelope, fields: [...envelope.fields.slice(0, -1), message] };
}

/** What a service that knows `contract` makes of a value of a schema that somebody else has written. */
async function read(contract: Contract, schema: object, message: object): Promise<unknown> {
  const registry = new PaperRegistry();
  registry.schemas.push(JSON.stringify(schema));
  const codec = await codecOf(registry, [], [{ topic: 't', contract }]);
  const value = wired(1, avroTypeOf(schema as any).toBuffer({ ...anEnvelope, message }));
  return (codec.decode('t', value)?.envelope as { message?: unknown }).message;
}

/** A contract with a field of this type, and a codec that sends and reads it. */
async function speaking(type: AvroType): Promise<{ sent: (a: unknown) => unknown }> {
  const contract = made({ name: 'a', type });
  const codec: Codec = await codecOf(new PaperRegistry(), [contract]);
  const sent = (a: unknown): unknown => {
    const { envelope } = codec.decode('t', codec.encode(contract, anEnvelope, { a }))!;
    return (envelope as { message: { a: unknown } }).message.a;
  };
  return { sent };
}

test.each(hostile)('a map survives the wire with the key "%s", as a property of its own', async (key) => {
  const { sent } = await speaking({ type: 'map', values: { type: 'map', values: 'int' } });
  const map = Object.fromEntries([
    ['before', {}],
    [key, Object.fromEntries([[key, 1]])],
    ['behind', { x: 2 }],
  ]);
  const read = sent(map) as object;
  expect(isDeepStrictEqual(read, map)).toBe(true); // a matcher of jest asks what "constructor" is
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  expect(Object.keys(read)).toEqual(['before', key, 'behind']);
  expect(structuredClone({ ...read })).toEqual(map);
});

test('a map from another writer, in blocks that say their length, has its keys as well', () => {
  const map = avroTypeOf({ type: 'map', values: 'int' });
  const pair = (key: string) => Buffer.concat([Buffer.from([key.length * 2]), Buffer.from(key), Buffer.from([2])]);
  const blocks = Buffer.concat([
    Buffer.from([1, pair('__proto__').length * 2]),
    pair('__proto__'),
    Buffer.from([2]),
    pair('a'),
    Buffer.from([0]),
  ]);
  expect(map.fromBuffer(blocks)).toStrictEqual(JSON.parse('{"__proto__": 1, "a": 1}'));
});

test('a default that is a map has the keys that its schema says', async () => {
  const reader = made({ name: 'a', type: { type: 'map', values: 'int' }, default: JSON.parse('{"__proto__": 7}') });
  expect(await read(reader, targetSchema(made()), {})).toStrictEqual({ a: JSON.parse('{"__proto__": 7}') });
});

test.each(hostile)('a symbol may be called "%s"', async (symbol) => {
  const { sent } = await speaking({ type: 'enum', name: 'Odd', namespace: 'x', symbols: ['FIRST', symbol, 'LAST'] });
  for (const each of ['FIRST', symbol, 'LAST']) expect(sent(each)).toBe(each);
});

test.each(hostile)('"%s" is not written as a symbol of an enum that has no such symbol', async (symbol) => {
  const { sent } = await speaking({ type: 'enum', name: 'Odd', namespace: 'x', symbols: ['FIRST', 'LAST'] });
  expect(() => sent(symbol)).toThrow('invalid');
});

test.each(hostile)('a field "%s" that only the writer knows is passed over, wherever it stands', async (name) => {
  const parts = { before: int('before'), behind: { ...int('behind'), default: 0 } };
  const odd = name in {} ? `${name}_of_the_writer` : name; // to write it with the same library
  for (const fields of [
    [int(name), parts.before, parts.behind],
    [parts.before, int(name), parts.behind],
    [parts.before, parts.behind, int(name)],
  ]) {
    const written = { before: 1, behind: 2, [odd]: 3 };
    expect(await read(made(parts.before, parts.behind), foreign(fields), written)).toStrictEqual({
      before: 1,
      behind: 2,
    });
  }
});

test.each(hostile.filter((name) => !(name in {})))('a field may be called "%s"', async (name) => {
  const contract = made(int(name), int('other'));
  const codec = await codecOf(new PaperRegistry(), [contract]);
  const message = { [name]: 1, other: 2 };
  const { envelope } = codec.decode('t', codec.encode(contract, anEnvelope, message))!;
  expect(envelope).toStrictEqual({ ...anEnvelope, message });
});

test('a record may have an underscore and a field that is called like it', async () => {
  const part: AvroType = { type: 'record', name: '_line', namespace: 'shop', fields: [int('line')] };
  const { sent } = await speaking(part);
  expect(sent({ line: 1 })).toStrictEqual({ line: 1 });
  const older = targetSchema(made({ name: 'a', type: part }));
  const reader = made({
    name: 'a',
    type: { ...part, fields: [int('line'), { ...int('more'), default: 0 }] },
  });
  expect(await read(reader, older, { a: { line: 1 } })).toStrictEqual({ a: { line: 1, more: 0 } });
});

test.each(hostile)('a part of another writer may be called "%s"', async (name) => {
  const part = { type: 'record', name, namespace: '', fields: [int('x')] };
  const schema = foreign([int('before'), { name: 'part', type: part }, { name: 'again', type: `.${name}` }]);
  const message = { before: 1, part: { x: 2 }, again: { x: 3 } };
  expect(await read(made(int('before')), schema, message)).toStrictEqual({ before: 1 });
});

test.each(hostile)('a schema with a type "%s" is none', (name) => {
  expect(() => avroTypeOf({ type: name } as any)).toThrow();
  expect(() => avroTypeOf({ type: 'array', items: { type: name } } as any)).toThrow();
  expect(() => avroTypeOf({ type: 'array', items: name } as any)).toThrow();
});

test('what calls itself a time and is no long is what it is without', () => {
  for (const [type, value] of [
    ['string', '1970'],
    ['int', 7],
  ] as const) {
    const odd = avroTypeOf({ type, logicalType: 'timestamp-millis' });
    expect(odd.fromBuffer(odd.toBuffer(value))).toBe(value);
    expect(() => avroTypeOf({ type: 'long', logicalType: 'timestamp-millis' }).createResolver(odd)).toThrow(
      'cannot read',
    );
  }
  const odd = avroTypeOf({ type: 'long', logicalType: 'constructor' } as any);
  expect(odd.fromBuffer(odd.toBuffer(7))).toBe(7);
});
