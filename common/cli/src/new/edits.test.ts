import { before, importing, listing } from './edits';

test('a name is imported once, beside those that are', () => {
  const text = "import { a, c } from 'm';\n";
  expect(importing(text, 'm', 'b')).toBe("import { a, b, c } from 'm';\n");
  expect(importing(text, 'm', 'a')).toBe(text);
  expect(importing(text, 'other', 'x')).toBe(`import { x } from 'other';\n${text}`);
});

test.each([
  ['list = [] as const;', 'list = [x] as const;'],
  ['list = [a, b] as const;', 'list = [a, b, x] as const;'],
  ['list = [a[0], { b: [1] }];', 'list = [a[0], { b: [1] }, x];'],
  ['list = [\n    a,\n    b,\n  ];', 'list = [\n    a,\n    b,\n    x,\n  ];'],
])('%j gets one more entry at its end', (text, longer) => {
  expect(listing(text, /list = \[/, 'x', 'list')).toBe(longer);
});

test('what is not as it has to be is told, and not changed', () => {
  expect(() => listing('other', /list = \[/, 'x', 'list of things')).toThrow('has no list of things');
  expect(() => before('other', /here/, 'x', 'place')).toThrow('has no place');
});
