import { Type } from 'avsc';
import { schemaIdOf, Writer } from './wire-format';

const text = Type.forSchema('string');
const readText = (value: Buffer): unknown => text.fromBuffer(value.subarray(5));

test('values that are cut from one piece of memory do not overwrite each other', () => {
  const writer = new Writer();
  const texts = Array.from({ length: 2_000 }, (_, index) => `${index}:`.padEnd((index * 37) % 400, '.'));
  const values = texts.map((each, index) => writer.write(index + 1, text, each));
  expect(values.map(readText)).toEqual(texts);
  expect(values.map(schemaIdOf)).toEqual(texts.map((_, index) => index + 1));
});

test.each([2_000, 2_040, 2_048, 2_100, 65_000, 65_531, 65_536, 300_000])(
  'a value of %d characters is whole, and so are those beside it, wherever in the memory it is cut',
  (length) => {
    const writer = new Writer();
    const long = 'ü'.repeat(length / 2);
    for (let round = 0; round < 60; round++) {
      const before = writer.write(1, text, `before ${round}`);
      const value = writer.write(2, text, long);
      const behind = writer.write(3, text, `behind ${round}`);
      expect([before, behind].map(readText)).toEqual([`before ${round}`, `behind ${round}`]);
      expect(readText(value)).toBe(long);
      expect(schemaIdOf(value)).toBe(2);
    }
  },
);

test('a value that cannot be written leaves those before and behind it whole', () => {
  const writer = new Writer();
  const pair = Type.forSchema({ type: 'array', items: 'string' });
  const before = writer.write(1, text, 'before');
  expect(() => writer.write(2, pair, ['half', 7])).toThrow('invalid');
  const behind = writer.write(3, text, 'behind');
  expect([before, behind].map(readText)).toEqual(['before', 'behind']);
});

test('the largest schema id is written and read', () => {
  const value = new Writer().write(2 ** 31 - 1, text, '');
  expect([...value]).toEqual([0, 0x7f, 0xff, 0xff, 0xff, 0]);
  expect(schemaIdOf(value)).toBe(2 ** 31 - 1);
});
