import { METHODS } from 'node:http';
import fc, { type Arbitrary } from 'fast-check';
import type { Ask } from './http-system';

/** Mostly the first, now and then the others. */
const mostly = <T>(usual: Arbitrary<T>, ...odd: Arbitrary<T>[]): Arbitrary<T> =>
  fc.oneof({ weight: 8 * odd.length, arbitrary: usual }, ...odd);

const numbers = [0, -0, -1, 0.5, 1_001, 10 ** 9 + 1, 10 ** 15 + 1, 2 ** 53 - 1, 2 ** 53, Number.MAX_VALUE];
const whole = mostly(fc.integer({ min: 1, max: 20 }), fc.constantFrom(...numbers), fc.integer(), fc.double());
const texts = ['', '\0', '\uD800', '__proto__', 'constructor', 'a'.repeat(200), 'a'.repeat(201)];
const text = mostly(fc.string({ minLength: 1 }), fc.string({ unit: 'binary' }), fc.constantFrom(...texts));
const status = fc.constantFrom('NORMAL', 'ABNORMAL', 'PENDING', 'APPROVED', 'REJECTED', 'normal');
const item = fc.record({ productId: whole, quantity: whole });

const segments = [
  '0',
  '007',
  '1e3',
  '0x10',
  '+1',
  '1.0',
  '%zz',
  '%ff',
  '%00',
  '%2F',
  '..',
  '.',
  '9007199254740992',
  '*',
];
const encoded = fc.string({ unit: 'grapheme' }).map(encodeURIComponent);
const number = mostly(fc.integer({ min: 1, max: 30 }).map(String), fc.constantFrom(...segments), encoded);
const uuid = mostly(fc.uuid({ version: 7 }), fc.constantFrom(...segments));
const queries = [
  'limit=1&limit=2',
  '&&&',
  '='.repeat(50),
  'a[b]=c',
  '%',
  '__proto__=1',
  'limit=100&status=PENDING',
  'after',
];
const query = mostly(
  fc.constant(''),
  fc.constantFrom(...queries),
  fc
    .tuple(fc.constantFrom('limit', 'status', 'after', ''), fc.oneof(number, uuid, status))
    .map((pair) => pair.join('=')),
);
const path = (...parts: (string | Arbitrary<string>)[]): Arbitrary<string> =>
  fc
    .tuple(query, ...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map(([query, ...rest]) => `/${rest.join('/')}${query === '' ? '' : `?${query}`}`);

/** Paths, and what fits into them. */
const order = { path: path('orders'), body: fc.record({ userId: whole, items: fc.array(item, { maxLength: 4 }) }) };
const stored = [
  { path: path('users', number), body: fc.record({ name: text, status }) },
  {
    path: path('products', number),
    body: fc.record({ name: text, price: whole, stock: whole, available: fc.boolean() }),
  },
  { path: path('kitchen'), body: fc.record({ open: fc.boolean(), capacity: whole }) },
  { path: path('accounts', number), body: fc.record({ balance: whole }) },
];
const oddPaths = ['/', '//', '*', '/kitchen/', '/KITCHEN', 'http://x/kitchen', 'http://[', 'http://%zz@x/', '/%', '/#'];
const read = fc.oneof(
  path(fc.constantFrom('orders', 'tickets', 'payments'), uuid),
  path('orders', uuid, 'events'),
  path('orders'),
  path(fc.constantFrom('health/live', 'health/ready', 'metrics', 'openapi.json')),
  ...stored.map(({ path }) => path),
);
const anyPath = fc.oneof(
  read,
  fc.constantFrom(...oddPaths),
  fc.array(number).map((parts) => `/${parts.join('/')}`),
);

/** A field is another, is missing, or is too much. */
const mutated = (body: Arbitrary<object>): Arbitrary<unknown> =>
  fc.tuple(body, fc.nat(), text, fc.jsonValue({ maxDepth: 2 })).map(([whole, which, name, value]) => {
    const fields = Object.entries(whole);
    const at = which % (fields.length + 1);
    fields.splice(at, which % 2, [which % 3 === 0 ? name : (fields[at]?.[0] ?? name), value]);
    return Object.fromEntries(fields);
  });
const spliced = (body: Arbitrary<object>): Arbitrary<string> =>
  fc.tuple(body, fc.nat(), text).map(([value, where, piece]) => {
    const json = JSON.stringify(value);
    const at = where % (json.length + 1);
    return json.slice(0, at) + piece + json.slice(at + (where % 3));
  });
const lengths = ['', ' '.repeat(65_536), ' '.repeat(65_537), '['.repeat(60_000), '{"a":'.repeat(9_000)];
const anyBody: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(undefined, ...lengths),
  fc.json(),
  fc.uint8Array({ maxLength: 300 }),
);
const like = (body: Arbitrary<object>): Arbitrary<unknown> =>
  fc.oneof({ weight: 12, arbitrary: body }, { weight: 4, arbitrary: mutated(body) }, spliced(body), anyBody);

const ascii = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) });
const types = ['application/json; charset=utf-8', 'application/json;charset=latin1', 'text/plain', ''];
const oddHeader = fc.oneof(
  fc.tuple(fc.constant('content-type'), fc.oneof(fc.constantFrom(...types), ascii)),
  fc.tuple(fc.constant('content-encoding'), fc.constantFrom('identity', 'gzip', 'br')),
  fc.tuple(fc.constant('expect'), fc.constantFrom('100-continue', 'nothing')),
  fc.tuple(fc.constant('connection'), fc.constantFrom('close', 'upgrade', 'keep-alive')),
  fc.tuple(fc.constantFrom('x-anything', 'accept', 'host', 'cookie'), ascii),
  fc.tuple(fc.constant('idempotency-key'), ascii),
);
const key = fc.constantFrom('a', 'b', 'c', 'd', 'e').map((value) => ['idempotency-key', value] as [string, string]);
const headers = mostly<[string, string][]>(fc.constant([]), fc.array(oddHeader, { maxLength: 3 }), fc.tuple(key)).map(
  (pairs): Record<string, string> => Object.fromEntries(pairs),
);
const method = fc.constantFrom(...METHODS.filter((each) => each !== 'CONNECT'));

/** Requests of which about half are right. */
export const anAsk: Arbitrary<Ask> = fc.oneof(
  fc.record({ method: fc.constant('GET'), path: read, headers }),
  fc.record({ method: fc.constant('POST'), path: order.path, headers, body: like(order.body) }),
  ...stored.map(({ path, body }) => fc.record({ method: fc.constant('PUT'), path, headers, body: like(body) })),
  fc.record({ method, path: anyPath, headers, body: anyBody }),
);

const anOrder = '{"userId":1,"items":[{"productId":1,"quantity":1}]}';
const lines = fc.constantFrom(
  'POST /orders HTTP/1.1\r\n',
  'GET /kitchen HTTP/1.1\r\n',
  'Host: x\r\n',
  'Content-Type: application/json\r\n',
  'Content-Length: 51\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Expect: 100-continue\r\n',
  '\r\n',
  '33\r\n',
  '0\r\n\r\n',
  anOrder,
);
const requests = fc.constantFrom(
  'GET /kitchen HTTP/1.1\r\nHost: x\r\n\r\n',
  `POST /orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 51\r\n\r\n${anOrder}`,
  `PUT /users/1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n33\r\n${anOrder}\r\n0\r\n\r\n`,
);
/** What looks like HTTP, in another order and with something in between. */
export const rawBytes: Arbitrary<string> = fc
  .oneof(
    fc.array(mostly(lines, fc.string({ unit: 'binary' })), { maxLength: 14 }),
    fc.array(mostly(requests, lines, fc.string({ unit: 'binary' })), { maxLength: 5 }),
  )
  .map((pieces) => pieces.join(''));
