import { failureOf } from './failure';
import { DatabaseFault } from './store';

class Broken extends Error {
  override readonly name = 'Broken';
  readonly code = 'E_BROKEN';
}

test('an error is told by its name, its code and where it was thrown', () => {
  expect(failureOf(new Broken('a secret'))).toMatch(
    /^Broken \(E_BROKEN\) at .*failure\.test\.ts:\d+:\d+\)?( at [^]+){2}$/,
  );
});

test('a fault of the database is told with its text, which has no values', () => {
  expect(failureOf(new DatabaseFault('lost', 'it is gone'))).toBe('DatabaseFault: it is gone');
});

const renamed = new Error('a secret\n    at a secret place');
renamed.message = 'something else';

test.each([
  ['a text', 'a secret'],
  ['a text of several lines', new Error('a\n    at a secret (secret.js:1:1)\n')],
  ['a text that was changed', renamed],
  ['a code that is none', Object.assign(new Error('a'), { code: 'a secret' })],
  ['nothing', undefined],
])('nothing else is told of an error with %s', (_what, error) => {
  expect(failureOf(error)).not.toContain('secret');
});
