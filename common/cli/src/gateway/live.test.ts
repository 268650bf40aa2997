import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openConsole } from '../console/open-console';
import { gateway } from './gateway';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const at = { host: '127.0.0.1', port: 0 };
const path = '/admin/services/order/live';

/** A service that can be watched, and those who watch it. */
async function aService() {
  const watching: ServerResponse[] = [];
  const server = createServer((asked, answer) => {
    if (asked.url !== path) return void answer.end('{"paths": {}}');
    answer.writeHead(200, { 'Content-Type': 'text/event-stream' });
    answer.write('data: 1\n\n');
    watching.push(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  return { watching, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function throughGateway() {
  const { url, watching } = await aService();
  const front = await gateway([{ name: 'order', urls: () => [url] }], { ...at, title: 'Orders' });
  closers.push(() => front.close());
  return { url: front.url, close: () => front.close(), watching };
}
async function throughConsole() {
  const { url, watching } = await throughGateway();
  const front = await openConsole(url, { story: '/stories/:txId', demo: null }, 0);
  closers.push(() => front.stop());
  return { url: front.url, close: () => front.stop(), watching };
}

async function watch(url: string) {
  const asking = request(url + path, { agent: false }).end();
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  asking.on('error', () => {}); // it is given up in the end
  const next = async () => String(((await once(answer, 'data')) as [Buffer])[0]);
  return { asking, answer: answer.on('error', () => {}), next };
}

describe.each([
  ['the gateway', throughGateway],
  ['the console of another process, and the gateway', throughConsole],
])('through %s', (_, open) => {
  test('each event arrives when it is sent, and not when there are more of them', async () => {
    const { url, watching } = await open();
    const { answer, next } = await watch(url);
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/event-stream']);
    expect(await next()).toBe('data: 1\n\n');
    watching[0]!.write('data: 2\n\n');
    expect(await next()).toBe('data: 2\n\n');
  });

  test('who has gone is gone for the service too, before there is anything to be sent', async () => {
    const { url, watching } = await open();
    const { asking, next } = await watch(url);
    await next();
    const closed = once(watching[0]!, 'close');
    asking.destroy();
    await closed;
  });

  test('who watches is told that it is over when it is closed, and so is the service', async () => {
    const { url, close, watching } = await open();
    const { answer, next } = await watch(url);
    await next();
    const closed = once(watching[0]!, 'close');
    const ended = once(answer.resume(), 'end');
    await close();
    await Promise.all([ended, closed]);
    expect(answer.complete).toBe(true);
  });
});
