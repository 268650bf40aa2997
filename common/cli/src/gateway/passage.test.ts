import { createServer, type RequestListener, type Server } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { listen, type RunningServer } from 'saga-kit/tools';
import { Passage } from './passage';

const closers: (() => unknown)[] = [];
const deaths: unknown[] = [];
const died = (error: unknown) => void deaths.push(error);
beforeEach(() => process.on('uncaughtException', died));
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  process.off('uncaughtException', died);
  expect(deaths.splice(0)).toEqual([]);
});

async function urlOf(server: TcpServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
function instance(answer: RequestListener): Promise<string> {
  const server: Server = createServer(answer);
  closers.push(() => server.closeAllConnections());
  return urlOf(server);
}
/** Answers with these bytes, and hangs up. */
const instanceThatSays = (bytes: string): Promise<string> =>
  urlOf(
    createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(bytes, 'latin1'));
    }),
  );
const nobody = 'http://127.0.0.1:1';

async function before(...urls: string[]): Promise<RunningServer> {
  const passage = new Passage();
  closers.push(() => passage.close());
  const answer = (...[asked, to]: Parameters<RequestListener>) => passage.pass(asked, to, urls);
  const listening = await listen({ answer, failed: died }, { host: '127.0.0.1', port: 0 });
  closers.push(() => listening.close());
  return listening;
}

/** What is answered to these lines, byte for byte. */
async function answerTo({ url }: RunningServer, ...lines: string[]): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(`${lines.join('\r\n')}\r\nHost: any\r\nConnection: close\r\n\r\n`);
  return text(socket);
}

test('a request goes on without what is meant for its own connection, and with where it is from', async () => {
  let seen: string[] = [];
  const service = await instance((asked, answer) => ((seen = asked.rawHeaders), answer.end()));
  const headers = [
    'Connection: X-Mine, close',
    'X-Mine: a',
    'TE: trailers',
    'Trailer: X',
    'Upgrade: h2c',
    'Keep-Alive: 1',
  ];
  const proxies = [
    'Proxy-Authorization: b',
    'Proxy-Connection: c',
    'Expect: 100-continue',
    'X-Forwarded-For: 10.0.0.1',
    'Via: 1.0 front',
  ];
  await answerTo(await before(service), 'GET / HTTP/1.1', ...headers, ...proxies, 'X-Other: d', 'Cookie: e');
  const got = Object.fromEntries(
    Array.from({ length: seen.length / 2 }, (_, index) => [seen[2 * index]!.toLowerCase(), seen[2 * index + 1]]),
  );
  expect(got).toEqual({
    host: 'any',
    'x-other': 'd',
    cookie: 'e',
    'x-forwarded-for': '10.0.0.1, 127.0.0.1',
    'x-forwarded-host': 'any',
    'x-forwarded-proto': 'http',
    via: '1.0 front, 1.1 saga-kit',
    connection: 'keep-alive',
  });
});

test('what a proxy in front has said of the client is believed', async () => {
  let seen: unknown;
  const service = await instance(({ headers }, answer) => ((seen = headers), answer.end()));
  const { url } = await before(service);
  await fetch(url, { headers: { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'shop.example' } });
  expect(seen).toMatchObject({ 'x-forwarded-proto': 'https', 'x-forwarded-host': 'shop.example' });
});

test('an answer comes back without what is meant for its own connection, and otherwise as it is', async () => {
  const service = await instanceThatSays(
    'HTTP/1.1 201 Fine\r\nKeep-Alive: timeout=65\r\nConnection: X-Mine\r\nX-Mine: a\r\nTrailer: X\r\nUpgrade: h2c\r\n' +
      'Proxy-Authenticate: Basic\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Odd: \xe9\r\nDate: then\r\nContent-Length: 2\r\n\r\nhi',
  );
  const front = await before(service);
  const kept = await fetch(front.url);
  expect([kept.headers.get('keep-alive'), kept.headers.get('connection')]).toEqual(['timeout=65', 'keep-alive']);
  expect((await answerTo(front, 'GET / HTTP/1.1')).split('\r\n')).toEqual([
    'HTTP/1.1 201 Created',
    'Set-Cookie: a=1',
    'Set-Cookie: b=2',
    expect.stringMatching(/^X-Odd: /),
    'Date: then',
    'Content-Length: 2',
    'Connection: close',
    '',
    'hi',
  ]);
});

test.each([
  ['nothing', ''],
  ['no HTTP', 'hello\r\n\r\n'],
  ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'],
  ['that it goes on, and then nothing', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ['a status that there is not', 'HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n'],
  ['a header that cannot be', 'HTTP/1.1 200 OK\r\nX: \x01\r\n\r\n'],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi'],
  [
    'a length and chunks',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n',
  ],
  ['too many headers', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`],
])('an instance that answers %s is taken for absent', async (_name, bytes) => {
  const front = await before(await instanceThatSays(bytes));
  const answer = await fetch(front.url);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
  expect(await answer.json()).toMatchObject({ status: 503 });
});

test.each([
  ['a reason that cannot be', 'HTTP/1.1 200 \x01\r\nContent-Length: 2\r\n\r\nhi'],
  ['trailers where there can be none', 'HTTP/1.1 200 OK\r\nTrailer: X\r\nContent-Length: 2\r\n\r\nhi'],
  ['trailers', 'HTTP/1.1 200 OK\r\nTrailer: X\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX: y\r\n\r\n'],
  ['more than it has said', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi there'],
  ['as HTTP was first', 'HTTP/1.0 200 OK\r\n\r\nhi'],
])('an answer with %s is understood', async (_name, bytes) => {
  const front = await before(await instanceThatSays(bytes));
  expect(await (await fetch(front.url)).text()).toBe('hi');
});

test.each([
  ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhi'],
  ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n'],
  ['broken chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\nnonsense\r\n'],
])('an answer in %s that breaks off breaks off for who has asked', async (_name, bytes) => {
  const front = await before(await instanceThatSays(bytes));
  await expect(fetch(front.url).then((answer) => answer.text())).rejects.toThrow();
});

test('an instance that does not answer is stood in for by another, where asking again does no harm', async () => {
  const there = await instance((asked, answer) => void answer.end(asked.method));
  const deaf = await instanceThatSays('');
  const front = await before(nobody, deaf, there);
  for (const method of ['GET', 'HEAD'])
    for (let count = 0; count < 6; count++) expect((await fetch(front.url, { method })).status).toBe(200);
  const posts = await Promise.all([1, 2, 3].map(() => fetch(front.url, { method: 'POST', body: '{}' })));
  expect(posts.map(({ status }) => status).sort()).toEqual([200, 503, 503]);
});

test('when no instance answers, that is said', async () => {
  for (const urls of [[], [nobody], [nobody, nobody]]) {
    const answer = await fetch((await before(...urls)).url);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
  }
});

test('when no instance answers, that is said also to who first sends all there is to send', async () => {
  const { url } = await before(nobody);
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const bytes = 20_000_000; // more than systems keep for a reader
  socket.write(`PUT / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${bytes}\r\n\r\n`);
  await new Promise<void>((resolve) => socket.write(Buffer.alloc(bytes), () => resolve()));
  expect(await text(socket)).toMatch(/^HTTP\/1.1 503 /);
});

test('an upload that is given up is given up behind it too', async () => {
  let arrived: () => void = () => {};
  let closed: () => void = () => {};
  const [hasArrived, isClosed] = [new Promise<void>((ok) => (arrived = ok)), new Promise<void>((ok) => (closed = ok))];
  const service = await instance(
    (asked) =>
      void asked
        .once('data', arrived)
        .on('error', () => {})
        .once('close', closed),
  );
  const { url } = await before(service);
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write('PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf');
  await hasArrived;
  socket.resetAndDestroy();
  await isClosed;
});

test('a client that does not read holds back the instance, and is not read any further', async () => {
  const begun: string[] = [];
  const service = await instance(({ url }, answer) => void (begun.push(url!), answer.end(Buffer.alloc(1_000_000))));
  const { url } = await before(service);
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  closers.push(() => socket.destroy());
  socket.pause().write('GET /big HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1_000));
  for (let count = 0; count < 20; count++) await (await fetch(`${url}/other`)).text();
  expect(begun.filter((path) => path === '/big').length).toBeLessThan(100);
});
