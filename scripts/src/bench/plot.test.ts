import { decades, scale } from './plot';
import { numberText } from './told';

test('an axis is logarithmic, and what is all the same is in the middle', () => {
  const x = scale([1, 100], [0, 200]);
  expect([1, 10, 100].map(x)).toEqual([0, 100, 200]);
  expect(scale([7, 7], [0, 200])(7)).toBe(100);
});

test('an axis is marked at 1, 2 and 5, with their powers of ten', () => {
  expect(decades(0.4, 25)).toEqual([0.5, 1, 2, 5, 10, 20]);
});

test.each([
  [1_234.56, '1,235'],
  [99.96, '100'],
  [12.345, '12.3'],
  [0.043_21, '0.0432'],
  [0, '0'],
  [-5.551, '-5.55'],
  [null, '–'],
  [NaN, '–'],
])('%p is written %s', (value, text) => expect(numberText(value)).toBe(text));
