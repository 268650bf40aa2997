import { chunk, chunked, end, get, good, host, post, requests } from './http-raw-requests';
import { aSystem, checkProblem, ended, jsonOf, type System } from './http-system';

let system: System;
beforeAll(async () => {
  system = await aSystem();
});
afterAll(() => system.close());

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

test('a body that is too long is refused, read to its end, and the connection closed when that was asked for', async () => {
  const answers = await system.exchange(post(' '.repeat(5_000_000), 'Connection: close\r\n'));
  expect(answers.map(({ status }) => status)).toEqual([413]);
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
