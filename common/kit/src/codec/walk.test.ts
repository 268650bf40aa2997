import { Type } from 'avsc';
import { anEnvelope, codecOf, PaperRegistry } from '../../test/paper-registry';
import { aTrip, BookFlight } from '../../test/trip';
import { Cursor, walkOf } from './walk';

const longType = Type.forSchema('long');
const long = (value: number): Buffer => longType.toBuffer(value);

/** Where a value of a schema ends; begins behind two other bytes. */
function endOf(schema: unknown, value: Buffer): number {
  const cursor = new Cursor(Buffer.concat([Buffer.alloc(2), value]), 2);
  walkOf(Type.forSchema(schema as 'string'))(cursor);
  return cursor.at - 2;
}

const pair = { type: 'record', name: 'Pair', fields: [{ name: 'a', type: 'int' }, { name: 'b', type: 'string' }] }; // prettier-ignore
const samples: [string, unknown, unknown][] = [
  ['null', 'null', null],
  ['a flag', 'boolean', true],
  ['a small number', 'int', -1],
  ['a large number', 'long', 2 ** 52],
  ['a short fraction', 'float', 0.5],
  ['a fraction', 'double', 0.1],
  ['a text', 'string', 'grüße'],
  ['bytes', 'bytes', Buffer.from([0, 255])],
  ['bytes of a fixed number', { type: 'fixed', name: 'Hash', size: 7 }, Buffer.alloc(7)],
  ['an enum', { type: 'enum', name: 'Color', symbols: ['RED', 'BLUE'] }, 'BLUE'],
  ['a record', pair, { a: 70, b: 'x' }],
  ['an empty record', { type: 'record', name: 'Empty', fields: [] }, {}],
  ['an empty list', { type: 'array', items: 'int' }, []],
  ['a list', { type: 'array', items: pair }, [{ a: 1, b: 'x' }, { a: 2, b: '' }]], // prettier-ignore
  ['a map', { type: 'map', values: { type: 'array', items: 'double' } }, { a: [], b: [1, 2] }],
  ['nothing of what may be missing', ['null', pair], null],
  ['something of what may be missing', ['null', pair], { a: 1, b: 'x' }],
];

test.each(samples)('%s ends where its bytes do', (_, schema, value) => {
  const bytes = Type.forSchema(schema as 'string').toBuffer(value);
  expect(endOf(schema, Buffer.concat([bytes, Buffer.from([1, 2, 3])]))).toBe(bytes.length);
});

test.each(samples.filter(([name]) => name !== 'null' && name !== 'an empty record'))(
  '%s that ends too early is found out',
  (_, schema, value) => {
    const bytes = Type.forSchema(schema as 'string').toBuffer(value);
    expect(() => endOf(schema, bytes.subarray(0, -1))).toThrow();
  },
);

test('a record that contains itself is followed to its end', () => {
  const schema = { type: 'record', name: 'Node', fields: [{ name: 'next', type: ['null', 'Node'] }] };
  const bytes = Type.forSchema(schema as never).toBuffer({ next: { next: { next: null } } });
  expect(endOf(schema, bytes)).toBe(3);
});

test('a list in blocks that say their length is followed, if they tell the truth', () => {
  const list = { type: 'array', items: 'string' };
  const block = (length: number) => Buffer.concat([long(-2), long(length), Buffer.from('\x02a\x02b'), long(0)]);
  expect(endOf(list, block(4))).toBe(7);
  for (const length of [0, 3, 5, -6, 2 ** 40]) expect(() => endOf(list, block(length))).toThrow('another length');
});

const counts = [50_000_000, -50_000_000, 2 ** 31, 2 ** 52];

test.each(counts)('a list or a map that says it has %d elements is believed no further than its bytes', (count) => {
  const head = Buffer.concat([long(count), ...(count < 0 ? [long(1)] : [])]);
  for (const schema of [
    { type: 'array', items: pair },
    { type: 'map', values: 'int' },
  ])
    for (const rest of [Buffer.alloc(0), Buffer.alloc(100)])
      expect(() => endOf(schema, Buffer.concat([head, rest]))).toThrow(/not there|end within|another length/);
});

test.each(counts)('%d elements that take no bytes are not counted to the end', (count) => {
  const nothing = { type: 'array', items: { type: 'record', name: 'Empty', fields: [] } };
  expect(() => endOf(nothing, Buffer.concat([long(count), long(0)]))).toThrow('takes at least a byte');
});

test('a length that is negative, or longer than any number, is found out', () => {
  for (const schema of ['string', 'bytes']) {
    expect(() => endOf(schema, Buffer.concat([long(-1), Buffer.alloc(9)]))).toThrow('not there');
    expect(() => endOf(schema, Buffer.concat([Buffer.alloc(400, 0xff), Buffer.alloc(9)]))).toThrow('more than ten');
  }
});

test('a branch that a union does not have is found out', () => {
  for (const branch of [2, -1, 2 ** 40]) expect(() => endOf(['null', 'int'], long(branch))).toThrow('no such branch');
});

test('a message of a few bytes that says it is huge is corrupt before anything is made of it', async () => {
  const codec = await codecOf(new PaperRegistry(), [BookFlight]);
  const whole = codec.encode(BookFlight, anEnvelope, { ...BookFlight.of(aTrip).payload, legs: [] });
  const made = jest.spyOn(Type.prototype, 'fromBuffer');
  const bomb = Buffer.concat([whole.subarray(0, -1), long(2_000_000)]);
  expect(() => codec.decode(BookFlight.topic, bomb)).toThrow('the bytes are not what their schema says');
  expect(made).not.toHaveBeenCalled();
  expect(codec.decode(BookFlight.topic, whole)?.type).toBe('BookFlight');
  expect(made).toHaveBeenCalledTimes(1);
  made.mockRestore();
});
