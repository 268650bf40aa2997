import { createServer, request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { aboutAt, openConsole } from './open-console';
import { consoleCommand } from './console-command';
import type { About } from './demonstration';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const about: About = {
  story: '/orders/:txId/story',
  demo: {
    requests: [{ label: 'Order', method: 'POST', path: '/orders', body: {} }],
    silence: null,
  },
};

/** A console, and what reaches the services behind it. */
async function aConsole() {
  const reached: IncomingMessage[] = [];
  const services = createServer((asked, answer) => {
    reached.push(asked);
    answer.end('from the services');
  });
  services.listen(0, '127.0.0.1');
  await once(services, 'listening');
  closers.push(() => services.close());
  const { port } = services.address() as AddressInfo;
  const open = await openConsole(`http://localhost:${port}`, about, 0);
  closers.push(() => open.stop());
  const ask = async (line: string, headers: Record<string, string> = {}) => {
    const [method, path] = line.split(' ') as [string, string];
    const asking = request({ host: '127.0.0.1', port: new URL(open.url).port, method, path, headers }).end();
    const [answer] = (await once(asking, 'response')) as [IncomingMessage];
    answer.resume();
    return answer.statusCode;
  };
  return { reached, ask, url: open.url, services: `localhost:${port}` };
}

test('it serves the page and what there is to know, and asks nobody for that', async () => {
  const { url, reached } = await aConsole();
  expect(await (await fetch(`${url}/console`)).text()).toMatch(/^<!doctype html>/);
  expect(await (await fetch(`${url}/console/demo`)).json()).toEqual(about);
  expect(reached).toEqual([]);
});

test.each([
  'GET /admin/services/order/sagas?limit=2',
  'POST /admin/services/order/parked/1/drop',
  'GET /health/ready',
  'GET /orders/1/story',
  'POST /orders',
])('%s is passed on, with who asks', async (line) => {
  const { ask, reached, url, services } = await aConsole();
  const { host } = new URL(url);
  const headers = {
    Host: host,
    Origin: url,
    'Sec-Fetch-Site': 'same-origin',
    Authorization: 'Bearer t',
    Cookie: 'a=b',
  };
  expect(await ask(line, headers)).toBe(200);
  expect(`${reached[0]!.method} ${reached[0]!.url}`).toBe(line);
  expect(reached[0]!.headers).toMatchObject({
    host: services,
    authorization: 'Bearer t',
    origin: url,
    'sec-fetch-site': 'same-origin',
    'x-forwarded-for': expect.stringContaining('127.0.0.1'),
    'x-forwarded-host': host,
  });
  expect(reached[0]!.headers).not.toHaveProperty('cookie');
});

test.each([
  'GET /orders',
  'PUT /orders',
  'POST /orders?a=b',
  'PUT /accounts/1',
  'POST /orders/1/story',
  'GET /metrics',
  'GET /administrators',
  'POST /health/ready',
  'PUT /admin/../accounts/1',
  'PUT /admin/%2e%2e/accounts/1',
  'GET //admin/services',
  'GET /orders/1/2/story',
])('%s is not passed on', async (line) => {
  const { ask, reached } = await aConsole();
  expect([404, 405]).toContain(await ask(line));
  expect(reached).toEqual([]);
});

test.each([
  ['another origin', { Origin: 'http://localhost:1' }],
  ['no origin', { Origin: 'null' }],
  ['a page of somebody', { 'Sec-Fetch-Site': 'cross-site' }],
  ['a name that was led here', { Host: 'far.example', Origin: 'http://far.example' }],
])('for %s nothing is passed on', async (_, headers) => {
  const { ask, reached } = await aConsole();
  for (const line of ['GET /health/ready', 'POST /orders', 'GET /admin/services/order/sagas'])
    expect(await ask(line, headers)).toBe(403);
  expect(reached).toEqual([]);
});

test('a service that says nothing of itself has stories where all have them, and nothing to demonstrate', async () => {
  const nothing = async () => Promise.reject(new Error('there is nothing of this name'));
  expect(await aboutAt(nothing)).toEqual({ story: '/stories/:txId', demo: null });
  expect(await aboutAt(async () => about)).toEqual(about);
});

test('the command says when nobody answers, and what it does not know', async () => {
  const said: string[] = [];
  const terminal = { env: {}, say: (text: string) => said.push(text), hint: (text: string) => said.push(text) };
  expect(await consoleCommand(['--url', 'http://127.0.0.1:1'], terminal)).toBe(3);
  expect(await consoleCommand(['--port', 'x'], terminal)).toBe(2);
  expect(await consoleCommand(['here'], terminal)).toBe(2);
  expect(said).toEqual([
    expect.stringContaining('nobody answers at http://127.0.0.1:1'),
    expect.stringContaining('--port is a whole number'),
    expect.stringContaining('not understood: here'),
  ]);
});
