import { gzipSync } from 'node:zlib';
import { aSystem, checkProblem, ended, jsonOf, type Answer, type Ask, type System } from './http-system';

let system: System;
beforeAll(async () => {
  system = await aSystem();
});
afterAll(() => system.close());

function expectProblem(answer: Answer, status: number, paths: readonly string[] = []): void {
  const { errors = [] } = checkProblem(answer);
  expect({ status: answer.status, paths: [...new Set(errors.map(({ path }) => path))] }).toEqual({ status, paths });
}

const item = { productId: 1, quantity: 1 };
const good = { userId: 1, items: [item] };
const goodText = JSON.stringify(good);
const items = (...some: unknown[]) => ({ userId: 1, items: some });
const products = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ productId: index + 1, quantity: 1 }));
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

/** What it is, the body of a new order, the status, and the paths of its faults. */
const orders: [string, unknown, number, ...string[]][] = [
  ['nothing', undefined, 400],
  ['an empty text', '', 400],
  ['only spaces', ' \n', 400],
  ['only a byte order mark', '\uFEFF', 400],
  ['half a JSON object', '{"userId":1,', 400],
  ['two JSON objects', goodText + goodText, 400],
  ['JSON and then a NUL', `${goodText}\0`, 400],
  ['NaN', '{"userId":NaN}', 400],
  ['a JavaScript object', "{userId:1,items:[{productId:1,quantity:'1'}]}", 400],
  ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 400],
  ['UTF-16', Buffer.from(goodText, 'utf16le'), 400],
  ['a form', 'userId=1', 400],
  ['too much', `${goodText}${' '.repeat(65_537 - goodText.length)}`, 413],
  ['much too much', Buffer.alloc(5_000_000, 0x20), 413],
  ['null', 'null', 422, ''],
  ['a list', '[]', 422, ''],
  ['a text', '"x"', 422, ''],
  ['a number', '1', 422, ''],
  ['deeply nested lists', nested(32_000), 422, ''],
  ['deeply nested items', `{"userId":1,"items":${nested(32_000)}}`, 422, 'items[0]'],
  ['an empty object', {}, 422, 'userId', 'items'],
  ['no items at all', { userId: 1 }, 422, 'items'],
  ['items that are no list', { userId: 1, items: item }, 422, 'items'],
  ['an empty list of items', items(), 422, 'items'],
  ['101 items', items(...products(101)), 422, 'items'],
  ['an item that is null', items(null), 422, 'items[0]'],
  ['a product twice', items(item, { productId: 2, quantity: 1 }, item), 422, 'items[2].productId'],
  ['an item too much in it', items({ ...item, price: 1 }), 422, 'items[0].price'],
  ['a field too much', { ...good, totalPrice: 0 }, 422, 'totalPrice'],
  ['a field named __proto__', `{"__proto__":{"a":1},${goodText.slice(1)}`, 422, '__proto__'],
  ['everything under __proto__', `{"__proto__":${goodText}}`, 422, 'userId', 'items', '__proto__'],
  ['a field named constructor', `{"constructor":{},${goodText.slice(1)}`, 422, 'constructor'],
  ['a user in quotes', { ...good, userId: '1' }, 422, 'userId'],
  ['user 0', { ...good, userId: 0 }, 422, 'userId'],
  ['user -0', '{"userId":-0,"items":[{"productId":1,"quantity":1}]}', 422, 'userId'],
  ['half a user', { ...good, userId: 1.5 }, 422, 'userId'],
  ['user 2^53', { ...good, userId: 2 ** 53 }, 422, 'userId'],
  ['user 1e400', '{"userId":1e400,"items":[{"productId":1,"quantity":1}]}', 422, 'userId'],
  ['no user, as null', { ...good, userId: null }, 422, 'userId'],
  ['none of a product', items({ productId: 1, quantity: 0 }), 422, 'items[0].quantity'],
  ['less than none', items({ productId: 1, quantity: -1 }), 422, 'items[0].quantity'],
  ['1,001 of a product', items({ productId: 1, quantity: 1_001 }), 422, 'items[0].quantity'],
  ['many faults', { userId: '', items: [item, {}] }, 422, 'userId', 'items[1].productId', 'items[1].quantity'],
];

test.each(orders)('an order that is %s', async (_name, body, status, ...paths) => {
  expectProblem(await system.post(body), status, paths);
});

/** The headers of a good order. */
const headers: [string, Record<string, string>, number, ...string[]][] = [
  ['another media type', { 'Content-Type': 'text/plain' }, 415],
  ['a media type that only begins like JSON', { 'Content-Type': 'application/jsonp' }, 415],
  ['a problem document', { 'Content-Type': 'application/problem+json' }, 415],
  ['an empty media type', { 'Content-Type': '' }, 415],
  ['another charset', { 'Content-Type': 'application/json; charset=utf-16' }, 415],
  ['two media types', { 'Content-Type': 'application/json, text/plain' }, 415],
  ['a compression that it does not have', { 'Content-Encoding': 'gzip' }, 415],
  ['a key with a space', { 'Idempotency-Key': 'a b' }, 422, 'idempotency-key'],
  ['an empty key', { 'Idempotency-Key': '' }, 422, 'idempotency-key'],
  ['a key of 256 characters', { 'Idempotency-Key': 'k'.repeat(256) }, 422, 'idempotency-key'],
  ['an expectation', { Expect: 'a miracle' }, 417],
];

test.each(headers)('a good order with %s in its headers', async (_name, headers, status, ...paths) => {
  expectProblem(await system.post(goodText, headers), status, paths);
});

test('a good order, compressed', async () => {
  expectProblem(await system.post(gzipSync(goodText), { 'Content-Encoding': 'gzip' }), 415);
});

const user = { name: 'Ada', status: 'NORMAL' };
const product = { name: 'Soup', price: 1, stock: 1, available: true };
const most = 1_000_000_000;

const puts: [string, string, unknown, number, ...string[]][] = [
  ['user 0', '/users/0', user, 422, 'userId'],
  ['user 2^53', '/users/9007199254740992', user, 422, 'userId'],
  ['user 1e3', '/users/1e3', user, 422, 'userId'],
  ['user 0x10', '/users/0x10', user, 422, 'userId'],
  ['user +1', '/users/+1', user, 422, 'userId'],
  ['user 1.0', '/users/1.0', user, 422, 'userId'],
  ['user " 1"', '/users/%201', user, 422, 'userId'],
  ['user %zz', '/users/%zz', user, 422, 'userId'],
  ['a user in Arabic digits', `/users/${encodeURIComponent('١')}`, user, 422, 'userId'],
  ['a path and a body that are both wrong', '/users/x', { ...user, name: 1 }, 422, 'userId', 'name'],
  ['a user without a status', '/users/1', { name: 'Ada' }, 422, 'status'],
  ['a user of an unknown status', '/users/1', { ...user, status: 'normal' }, 422, 'status'],
  ['a user with an id in the body', '/users/1', { ...user, userId: 1 }, 422, 'userId'],
  ['a user without a name', '/users/1', { ...user, name: '' }, 422, 'name'],
  ['a user with 201 letters', '/users/1', { ...user, name: 'a'.repeat(201) }, 422, 'name'],
  ['a name with a NUL', '/users/1', { ...user, name: 'a\0' }, 422, 'name'],
  ['a name with half a character', '/users/1', { ...user, name: 'a\uD800' }, 422, 'name'],
  ['a product that costs less than nothing', '/products/1', { ...product, price: -1 }, 422, 'price'],
  ['a product that costs too much', '/products/1', { ...product, price: most + 1 }, 422, 'price'],
  ['a product of which there is too much', '/products/1', { ...product, stock: most + 1 }, 422, 'stock'],
  ['a product that is "true"', '/products/1', { ...product, available: 'true' }, 422, 'available'],
  ['a kitchen that says who waits', '/kitchen', { open: true, capacity: 1, waiting: 0 }, 422, 'waiting'],
  ['a kitchen without capacity', '/kitchen', { open: true }, 422, 'capacity'],
  ['an account in the red', '/accounts/1', { balance: -1 }, 422, 'balance'],
  ['an account beyond all measure', '/accounts/1', { balance: 10 ** 15 + 1 }, 422, 'balance'],
  ['an account of one and a half', '/accounts/1', { balance: 1.5 }, 422, 'balance'],
  ['an account without a body', '/accounts/1', undefined, 400],
];

test.each(puts)('PUT %s', async (_name, path, body, status, ...paths) => {
  expectProblem(await system.put(path, body), status, paths);
});

const nobody = '00000000-0000-7000-8000-000000000000';
const asks: [Ask, number, ...string[]][] = [
  [{ path: '/?a=1' }, 422, 'a'],
  [{ path: '/', method: 'POST' }, 405],
  [{ path: '/nothing' }, 404],
  [{ path: '/Kitchen' }, 404],
  [{ path: '/kitchen/' }, 404],
  [{ path: '//kitchen' }, 404],
  [{ path: '/users' }, 404],
  [{ path: '/users/' }, 404],
  [{ path: '/users/1/2' }, 404],
  [{ path: '/%ff' }, 404],
  [{ path: '/users/123456' }, 404],
  [{ path: '/users/x' }, 404, 'userId'],
  [{ path: '/users/1e3' }, 404, 'userId'],
  [{ path: '/users/0' }, 404, 'userId'],
  [{ path: '/users/9007199254740992' }, 404, 'userId'],
  [{ path: `/users/${'9'.repeat(400)}` }, 404, 'userId'],
  [{ path: '/users/%ff' }, 404, 'userId'],
  [{ path: '/users/__proto__' }, 404, 'userId'],
  [{ path: '/products/-1' }, 404, 'productId'],
  [{ path: '/accounts/%00' }, 404, 'userId'],
  [{ path: '/orders/x' }, 404, 'orderId'],
  [{ path: `/orders/${nobody}` }, 404],
  [{ path: `/orders/${nobody}/events` }, 404],
  [{ path: '/orders/x/events' }, 404, 'orderId'],
  [{ path: `/tickets/${nobody}` }, 404],
  [{ path: `/payments/${nobody}` }, 404],
  [{ path: '/orders?limit=0' }, 422, 'limit'],
  [{ path: '/orders?limit=101' }, 422, 'limit'],
  [{ path: '/orders?limit=' }, 422, 'limit'],
  [{ path: '/orders?limit=1e1' }, 422, 'limit'],
  [{ path: '/orders?limit=1&limit=2' }, 422, 'limit'],
  [{ path: '/orders?status=pending' }, 422, 'status'],
  [{ path: '/orders?after=x' }, 422, 'after'],
  [{ path: '/orders?limit=%zz&page=2&__proto__=1' }, 422, 'limit', 'page', '__proto__'],
  [{ path: '/users/1?verbose' }, 422, 'verbose'],
  [{ path: '/health/live?a=1' }, 422, 'a'],
  [{ method: 'PUT', path: '/users/1?force=1', body: user }, 422, 'force'],
  [{ method: 'POST', path: '/orders?dry=1', body: good }, 422, 'dry'],
];

test.each(asks)('%j', async (ask, status, ...paths) => {
  expectProblem(await system.ask(ask), status, paths);
});

const wrongMethods: [string, string, string][] = [
  ['DELETE', '/orders', 'GET, HEAD, POST'],
  ['POST', '/users/1', 'GET, HEAD, PUT'],
  ['PATCH', '/kitchen', 'GET, HEAD, PUT'],
  ['OPTIONS', '/kitchen', 'GET, HEAD, PUT'],
  ['TRACE', '/metrics', 'GET, HEAD'],
  ['PUT', `/orders/${nobody}`, 'GET, HEAD'],
  ['POST', '/users/x', 'GET, HEAD, PUT'],
];

test.each(wrongMethods)('%s %s is not allowed', async (method, path, allowed) => {
  const answer = await system.ask({ method, path });
  expectProblem(answer, 405);
  expect(answer.headers.allow).toBe(allowed);
});

test('HEAD says the same as GET, without a body', async () => {
  const answer = await system.ask({ method: 'HEAD', path: '/users/x' });
  expect(answer).toMatchObject({ status: 404, text: '', headers: { 'content-type': 'application/problem+json' } });
});

test('none of it has done any harm: nothing was ordered or changed, and an order still ends approved', async () => {
  expect(system.deaths).toEqual([]);
  expect(await system.get('/health/ready')).toMatchObject({ status: 'up' });
  expect(await system.get('/orders')).toEqual({ items: [], next: null });
  expect(await system.get('/accounts/1')).toEqual({ userId: 1, balance: 100_000_000 });
  const answer = await system.post(good);
  expect(answer.status).toBe(201);
  expect(await ended(system, jsonOf(answer).orderId)).toMatchObject({ status: 'APPROVED', totalPrice: 1_000 });
});
