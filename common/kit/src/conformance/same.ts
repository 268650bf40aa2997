import assert from 'node:assert/strict';
import { types } from 'node:util';

/** Throws unless two values are the same through and through. Whose `Array` it is does not count: test runners bring their own. */
export function same(actual: unknown, expected: unknown, message?: string): void {
  assert.deepEqual(plain(actual), plain(expected), message);
}

function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Array.from(value, plain);
  if (Buffer.isBuffer(value)) return { bytes: value.toString('hex') };
  if (types.isDate(value)) return { atMs: value.getTime() };
  if (types.isMap(value)) return new Map(Array.from(value, ([key, each]) => [key, plain(each)]));
  if (types.isSet(value)) return new Set(value);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
}
