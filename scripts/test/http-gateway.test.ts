import { chunk, chunked, end, get, good, host, post, requests } from './http-raw-requests';
import { aSystem, checkProblem, ended, jsonOf, type System } from './http-system';

let system: System;
beforeAll(async () => {
  system = await aSystem({ behindGateway: true });
});
afterAll(() => system.close());

const statuses = async (bytes: string) => (await system.exchange(bytes)).map(({ status }) => status);

test.each(requests)('%s is refused as the service alone would refuse it', async (_name, bytes, status) => {
  const [answer, ...more] = await system.exchange(bytes);
  if (!answer) throw new Error('there is no answer');
  checkProblem(answer);
  expect([answer.status, more]).toEqual([status, []]);
});

test.each([
  ['with a trailer to come', 'Trailer: X\r\n'],
  ['with trailers taken', 'TE: trailers\r\nConnection: TE\r\n'],
  ['that names headers of its connection', 'Connection: close, X-Foo\r\nX-Foo: a\r\n'],
  ['that names where it ends', 'Connection: Content-Length, Transfer-Encoding, Host\r\n'],
  ['that names nothing', 'Connection: ,\r\n'],
  ['with a protocol to change to', 'Connection: Upgrade\r\nUpgrade: h2c\r\n'],
  ['for proxies', 'Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic eDp5\r\n'],
  ['with an odd name', '__proto__: x\r\nconstructor: y\r\n'],
  ['of somebody who waits to be told to go on', 'Expect: 100-continue\r\n'],
])('an order %s is taken', async (_name, headers) => {
  expect(await statuses(post(good, headers))).toContain(201);
  expect(
    await statuses(
      chunked(chunk(good.slice(0, 9)) + chunk(good.slice(9)) + end, `${headers}Transfer-Encoding: chunked\r\n`),
    ),
  ).toContain(201);
});

test.each([
  ['a length', `GET /kitchen HTTP/1.1\r\n${host}Connection: Content-Length\r\nContent-Length: 30\r\n\r\n`],
  [
    'chunks',
    `GET /kitchen HTTP/1.1\r\n${host}Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n\r\n1e\r\n`,
  ],
])('the body of a request that ends by %s is not taken for a request', async (_name, head) => {
  const hidden = 'GET /users/1 HTTP/1.1\r\nHost:x\r\n\r\n'.slice(0, 30);
  const rest = head.includes('1e') ? `\r\n${end}` : '';
  const answers = await system.exchange(head + hidden + rest + get('/kitchen'));
  expect(answers.map(({ status, text }) => [status, 'capacity' in JSON.parse(text)])).toEqual([
    [200, true],
    [200, true],
  ]);
});

test.each([
  ['says that it is', post(' '.repeat(500_000))],
  ['turns out to be', chunked(chunk(' '.repeat(1_000)).repeat(500) + end)],
])('a body that %s too long is read to its end, and the connection goes on', async (_name, bytes) => {
  expect(await statuses(bytes + get('/kitchen'))).toEqual([413, 200]);
});

test.each([
  ['nonsense', 'nonsense\r\n\r\n'],
  ['a body that is broken', chunked('nonsense\r\n')],
])('an order is answered 201, though there is %s behind it', async (_name, rest) => {
  expect(await statuses(post(good) + rest)).toEqual([201, 400]);
});

test('none of it has done any harm: an order still ends approved', async () => {
  expect(system.deaths).toEqual([]);
  expect(await system.get('/health/ready')).toMatchObject({ status: 'up' });
  const { orderId } = jsonOf(await system.post(good));
  expect(await ended(system, orderId)).toMatchObject({ status: 'APPROVED', totalPrice: 1_000 });
});

test('a browser is shown one page about all services', async () => {
  const { headers, text } = await system.ask({ path: '/', headers: { Accept: 'text/html' } });
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  expect(text).toContain('<h1>The order system</h1>');
  for (const path of ['/orders', '/kitchen', '/openapi.json', '/metrics']) expect(text).toContain(`<a href="${path}">`);
  const { title, routes } = jsonOf(await system.ask({ path: '/' }));
  expect(title).toBe('The order system');
  expect(routes.map(({ path }: { path: string }) => path)).toEqual(expect.arrayContaining(['/users/{userId}', '/']));
});
