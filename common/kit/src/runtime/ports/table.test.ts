import { isDeepStrictEqual } from 'node:util';
import { bytes, boolean, integer, json, datetime, nullable, table, text, type Column } from './table';

const kept = (column: Column<any>, value: unknown): unknown => column.read(column.write(value));
const written = (column: Column<any>, value: unknown): unknown =>
  table<{ id: string; someValue: any }>('things', { id: text, someValue: column }).toRow({
    id: 'a',
    someValue: value,
  });

test.each<[string, Column<any>, unknown[]]>([
  ['texts', text, ['', 'a', '1']],
  ['whole numbers', integer, [0, -1, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER]],
  ['bytes', bytes, [Buffer.alloc(0), Buffer.from([0, 255])]],
  ['flags', boolean, [true, false]],
  ['times', datetime, [new Date(0), new Date(-1), new Date(8.64e15)]],
  ['lists and objects', json, [[], {}, [1, [null]], JSON.parse('{"__proto__":1,"constructor":{"toString":2}}')]],
  ['texts that may be null', nullable(text), [null, 'null', '']],
  ['lists that may be null', nullable(json), [null, [null]]],
])('%s come back as they were', (_, column, values) => {
  for (const value of values) expect(isDeepStrictEqual(kept(column, value), value)).toBe(true);
});

test.each<[string, Column<any>, unknown[]]>([
  ['a text', text, [1, null, undefined, {}]],
  ['a safe integer', integer, [0.5, NaN, Infinity, 2 ** 53, '1', null, undefined, 1n]],
  ['a Buffer', bytes, ['a', new Uint8Array(1), null]],
  ['true or false', boolean, [0, 1, 'false', null, undefined]],
  ['a date', datetime, [new Date(NaN), 0, '1970-01-01', null, undefined]],
  ['a list or an object', json, [undefined, null, 'a', 1]],
])('a column of %s takes nothing else, and says where', (wanted, column, values) => {
  for (const value of values) {
    expect(() => written(column, value)).toThrow(`things.someValue: ${wanted} is wanted, not`);
    if (value !== null) expect(() => written(nullable(column), value)).toThrow('things.someValue: ');
  }
  expect(written(nullable(column), null)).toEqual(['a', null]);
});

test('what is wrong with a value is said without the value', () => {
  expect(() => written(text, 4711)).toThrow(/^(?!.*4711)/);
  expect(() => written(datetime, 'yesterday')).toThrow(/^things.someValue: (?!.*yesterday)/);
});
