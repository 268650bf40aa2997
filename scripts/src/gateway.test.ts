import { createServer, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { gateway, type Gateway } from './gateway';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A service that describes `/things` and answers it as told, behind a gateway. */
async function aGateway(things: RequestListener): Promise<Gateway> {
  const server: Server = createServer((asked, answer) => {
    if (asked.url === '/openapi.json')
      answer.end(JSON.stringify({ paths: { '/things/{id}': {}, '/health/live': {} } }));
    else things(asked, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const front = await gateway([{ name: 'things', urls: () => [url] }], { host: '127.0.0.1', port: 0 });
  closers.push(() => front.close());
  return front;
}

/** What is answered to a line that no library would send. */
async function statusLineFor(url: string, line: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(`${line} HTTP/1.1\r\nHost: any\r\nConnection: close\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text.split('\r\n')[0]!;
}

const echo: RequestListener = (asked, answer) => void answer.end(asked.url);

test.each(['GET //', 'GET http://any/things', 'GET http://[', 'OPTIONS *'])(
  '"%s" is refused, and the next call is answered',
  async (line) => {
    const { url } = await aGateway(echo);
    expect(await statusLineFor(url, line)).toMatch(/^HTTP\/1.1 40[04] /);
    expect(await (await fetch(`${url}/things/1`)).text()).toBe('/things/1');
  },
);

test('a path is passed on as it was asked for', async () => {
  const { url } = await aGateway(
    (asked, answer) => void answer.writeHead(asked.url === '/things/%2e%2e/1?a=b' ? 200 : 500).end(),
  );
  expect(await statusLineFor(url, 'GET /things/%2e%2e/1?a=b')).toBe('HTTP/1.1 200 OK');
});

test('an answer that breaks off breaks off for who has asked', async () => {
  const { url } = await aGateway((_asked, answer) => {
    answer.writeHead(200, { 'Content-Length': '100' });
    answer.write('the first part', () => answer.destroy());
  });
  await expect(fetch(`${url}/things/1`).then((answer) => answer.text())).rejects.toThrow();
});

test('a call that is given up is given up behind the gateway too', async () => {
  let closed: () => void = () => {};
  const isClosed = new Promise<void>((resolve) => (closed = resolve));
  const { url } = await aGateway((_asked, answer) => {
    answer.once('close', closed);
    answer.writeHead(200);
    answer.write('the first part');
  });
  const call = new AbortController();
  const answer = await fetch(`${url}/things/1`, { signal: call.signal });
  call.abort();
  await expect(answer.text()).rejects.toThrow();
  await isClosed;
});
