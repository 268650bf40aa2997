import { z } from 'zod';
import { route, type Route } from './route';
import { validate, type Raw } from './validate';

const nothing: Raw = { params: {}, query: {}, headers: {}, body: undefined };
const putting = (body: z.ZodType): Route =>
  route({ method: 'PUT', path: '/things', summary: 'Puts things', body, answers: { 200: z.string() } }, async () => ({
    status: 200,
    body: 'done',
  }));

test('the path of a fault is written as JavaScript would reach it', () => {
  const body = z.strictObject({ boxes: z.array(z.strictObject({ sizes: z.tuple([z.int(), z.int()]) })) });
  const answer = validate(putting(body), {
    ...nothing,
    body: { boxes: [{ sizes: [1, 2] }, { sizes: [1, 'b'], x: 1 }] },
  });
  expect(answer).toMatchObject({
    status: 422,
    errors: [{ path: 'boxes[1].sizes[1]' }, { path: 'boxes[1].x', message: 'there is no such field' }],
  });
});

test('what is valid is handed on as its schema makes it, and nothing else is', () => {
  const body = z.object({ size: z.int().default(1) });
  const valid = validate(putting(body), { ...nothing, headers: { cookie: 'a' }, body: { color: 'red' } });
  expect(valid).toEqual({ params: undefined, query: {}, headers: undefined, body: { size: 1 } });
});

test('of too many faults, the first thousand are named and all are counted', () => {
  const body = Object.fromEntries(Array.from({ length: 1_500 }, (_, index) => [`field${index}`, index]));
  const answer = validate(putting(z.strictObject({})), { ...nothing, body });
  if (!('problem' in answer)) throw new Error('this is not valid');
  expect(answer.detail).toContain('the first 1000 of 1500 faults');
  expect(answer.errors).toHaveLength(1_000);
});

test.each([
  ['a record', z.record(z.string(), z.int()), '{"a":1,"__proto__":2}', ['__proto__']],
  ['an object that takes more', z.looseObject({}), '{"a":[{"\\u005f_proto__":{}}]}', ['a[0].__proto__']],
  ['an object that takes no more', z.strictObject({}), '{"__proto__":1}', ['__proto__']],
  [
    'any value',
    z.unknown(),
    '{"a":{"__proto__":1},"b":[0,{"__proto__":{"__proto__":1}}]}',
    ['b[1].__proto__', 'a.__proto__'],
  ],
])('a key "__proto__" in %s is a fault, and not left out', (_, body, json, paths) => {
  const answer = validate(putting(body), { ...nothing, body: JSON.parse(json) });
  if (!('problem' in answer)) throw new Error('this is not valid');
  expect(answer.errors?.map(({ path }) => path)).toEqual(paths);
});

test('other names that every object knows are keys of a record like any others', () => {
  const body = { constructor: 1, toString: 2, hasOwnProperty: 3 };
  expect(validate(putting(z.record(z.string(), z.int())), { ...nothing, body })).toMatchObject({ body });
});

test('a body is looked through however deep it is', () => {
  const body: unknown = JSON.parse(`${'['.repeat(60_000)}{"__proto__":1}${']'.repeat(60_000)}`);
  expect(validate(putting(z.unknown()), { ...nothing, body })).toMatchObject({ status: 422 });
});
