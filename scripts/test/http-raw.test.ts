import { aSystem, checkProblem, ended, jsonOf, type System } from './http-system';

let system: System;
beforeAll(async () => {
  system = await aSystem();
});
afterAll(() => system.close());

const good = '{"userId":1,"items":[{"productId":1,"quantity":1}]}';
const host = 'Host: x\r\n';
const json = `${host}Content-Type: application/json\r\n`;
const get = (target: string, headers = host) => `GET ${target} HTTP/1.1\r\n${headers}\r\n`;
const post = (body: string, headers = '') =>
  `POST /orders HTTP/1.1\r\n${json}${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
const chunked = (chunks: string, headers = 'Transfer-Encoding: chunked\r\n') =>
  `POST /orders HTTP/1.1\r\n${json}${headers}\r\n${chunks}`;
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
const end = '0\r\n\r\n';

/** What it is, what is sent, and the status of the one answer. */
const requests: [string, string | Uint8Array, number][] = [
  ['a word', 'hello\r\n\r\n', 400],
  ['half a word', 'GE', 400],
  ['a TLS handshake', Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3), 400],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['an HTTP of the future', `GET /kitchen HTTP/3.7\r\n${host}\r\n`, 400],
  ['lines that end otherwise', 'GET /kitchen HTTP/1.1\nHost: x\n\n', 400],
  ['a method that nobody knows', `BREW /kitchen HTTP/1.1\r\n${host}\r\n`, 400],
  ['a method in lower case', `get /kitchen HTTP/1.1\r\n${host}\r\n`, 400],
  ['a tunnel', `CONNECT kitchen:80 HTTP/1.1\r\n${host}\r\n`, 405],
  ['everything', `OPTIONS * HTTP/1.1\r\n${host}\r\n`, 404],
  ['no path', get(''), 400],
  ['a path without a slash', get('kitchen'), 400],
  ['a path with a letter that has to be encoded', get('/kitché'), 400],
  ['a URL that is none', get('http://['), 400],
  ['a URL with a user who is none', get('http://%zz@x/kitchen'), 400],
  ['a path that is too long', get(`/${'a'.repeat(20_000)}`), 431],
  ['a header that is too long', get('/kitchen', `${host}X: ${'a'.repeat(20_000)}\r\n`), 431],
  ['no host', get('/kitchen', ''), 400],
  ['two hosts', get('/kitchen', `${host}Host: y\r\n`), 400],
  ['a header with a space in its name', get('/kitchen', `${host}a b: c\r\n`), 400],
  ['a header with a control character', get('/kitchen', `${host}a: \x01\r\n`), 400],
  ['headers that do not end', get('/kitchen').slice(0, -2), 400],
  ['two media types', post(good, 'Content-Type: text/plain\r\n'), 415],
  ['the same media type twice', post(good, 'Content-Type: application/json\r\n'), 415],
  ['two keys', post(good, 'Idempotency-Key: a\r\nIdempotency-Key: b\r\n'), 422],
  ['two lengths', post(good, 'Content-Length: 3\r\n'), 400],
  ['a negative length', chunked('', 'Content-Length: -1\r\n'), 400],
  ['a length beyond all numbers', chunked('', 'Content-Length: 99999999999999999999\r\n'), 400],
  ['a body that is shorter than its length', post(good).slice(0, -1), 400],
  ['a length and chunks', chunked(chunk(good) + end, 'Transfer-Encoding: chunked\r\nContent-Length: 3\r\n'), 400],
  ['no chunks after all', chunked(good, 'Transfer-Encoding: identity\r\n'), 400],
  ['compressed chunks', chunked(chunk(good) + end, 'Transfer-Encoding: gzip, chunked\r\n'), 415],
  ['a chunk without a length', chunked(good), 400],
  ['chunks that do not end', chunked(chunk(good)), 400],
  ['too many chunks', chunked(chunk(' '.repeat(1_000)).repeat(100) + end), 413],
  ['a chunk with too much to say about itself', chunked(`1;${'a'.repeat(20_000)}\r\n `), 413],
];

test.each(requests)('%s', async (_name, bytes, status) => {
  const [answer, ...more] = await system.exchange(bytes);
  if (!answer) throw new Error('there is no answer');
  checkProblem(answer);
  expect([answer.status, more]).toEqual([status, []]);
});

test('a length that is too much is refused before the body is there', async () => {
  const answers = await system.exchange(chunked('', 'Content-Length: 65537\r\n'));
  expect(answers[0]?.status).toBe(413);
});

test.each([
  ['HTTP/1.0 without a host', 'GET /kitchen HTTP/1.0\r\n\r\n'],
  ['a whole URL', get('http://somewhere.else/kitchen')],
  ['a protocol to change to', get('/kitchen', `${host}Connection: Upgrade\r\nUpgrade: h2c\r\n`)],
  ['a body with GET', get('/kitchen', `${host}Content-Length: 2\r\n`) + '{}'],
])('%s is understood', async (_name, bytes) => {
  expect(await system.exchange(bytes)).toMatchObject([{ status: 200 }]);
});

test.each([
  ['in chunks', chunked(chunk(good.slice(0, 9)) + chunk(good.slice(9)) + end)],
  ['with more headers than node counts', post(good).replace(host, `${'a:b\r\n'.repeat(2_500)}${host}`)],
  ['with a byte order mark', Buffer.from(post(`\xef\xbb\xbf${good}`), 'latin1')],
  ['by somebody who waits to be told to go on', post(good, 'Expect: 100-continue\r\n')],
])('an order %s is taken', async (_name, bytes) => {
  expect((await system.exchange(bytes)).at(-1)).toMatchObject({ status: 201 });
});

test.each([
  ['says that it is', post(' '.repeat(500_000))],
  ['turns out to be', chunked(chunk(' '.repeat(1_000)).repeat(500) + end)],
])('a body that %s too long is read to its end, and the connection goes on', async (_name, bytes) => {
  const answers = await system.exchange(bytes + get('/kitchen'));
  expect(answers.map(({ status }) => status)).toEqual([413, 200]);
});

test.each([
  ['nonsense', 'nonsense\r\n\r\n'],
  ['a body that is broken', chunked('nonsense\r\n')],
])('an order is answered 201, though there is %s behind it', async (_name, rest) => {
  const answers = await system.exchange(post(good) + rest);
  expect(answers.map(({ status }) => status)).toEqual([201, 400]);
});

test('none of it has done any harm: what was answered 201 is there and nothing else, and an order still ends approved', async () => {
  expect(system.deaths).toEqual([]);
  expect((await system.get('/orders')).items).toHaveLength(6);
  expect(await system.get('/health/ready')).toMatchObject({ status: 'up' });
  const { orderId } = jsonOf(await system.post(good));
  expect(await ended(system, orderId)).toMatchObject({ status: 'APPROVED', totalPrice: 1_000 });
});
