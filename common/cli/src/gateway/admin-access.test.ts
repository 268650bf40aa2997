import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedSettings, settingsFrom, startEmbedded } from 'saga-kit/tools';
import { aGuardedShop } from '../../../kit/test/a-guarded-shop';
import { openConsole } from '../console/open-console';
import { gateway } from './gateway';

const token = 'the token of the operators';
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Where it is asked, and where it is described. */
interface Opened {
  readonly url: string;
  readonly describedAt: string;
}
async function aService(ADMIN_TOKEN: string): Promise<Opened> {
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'saga-kit-admin-'));
  closers.push(() => rmSync(DATA_DIR, { recursive: true }));
  const settings = settingsFrom(embeddedSettings, { PORT: '0', LOG_LEVEL: 'silent', DATA_DIR, ADMIN_TOKEN });
  const system = await startEmbedded([aGuardedShop()], settings, (error) => {
    throw error;
  });
  closers.push(() => system.stop());
  return { url: system.url, describedAt: system.url };
}
async function behindGateway(ADMIN_TOKEN: string): Promise<Opened> {
  const served = await aService(ADMIN_TOKEN);
  const at = { host: '127.0.0.1', port: 0, title: 'Bills' };
  const front = await gateway([{ name: 'bills', urls: () => [served.url] }], at);
  closers.push(() => front.close());
  return { url: front.url, describedAt: front.url };
}
async function behindConsole(ADMIN_TOKEN: string): Promise<Opened> {
  const { describedAt } = await behindGateway(ADMIN_TOKEN);
  const front = await openConsole(describedAt, { story: '/stories/:txId', demo: null }, 0);
  closers.push(() => front.stop());
  return { url: front.url, describedAt };
}

/** Every route for operators that is described, with the names in its path filled in. */
async function adminRoutesOf({
  describedAt,
}: Opened): Promise<readonly { readonly method: string; readonly path: string }[]> {
  const { paths } = (await (await fetch(`${describedAt}/openapi.json`)).json()) as { paths: Record<string, object> };
  const verb = (path: string) => (path.includes('/sagas/') ? 'retry' : path.includes('/parked/') ? 'drop' : 'pause');
  return Object.entries(paths)
    .filter(([path]) => /^\/admin\b/.test(path))
    .flatMap(([template, operations]) => {
      const named = template.replace('{service}', 'bills').replace('{verb}', verb(template));
      return Object.keys(operations).map((method) => ({
        method: method.toUpperCase(),
        path: named.replace(/\{\w+\}/g, 'a'),
      }));
    });
}

async function statusOf(
  url: string,
  { method, path }: { readonly method: string; readonly path: string },
  headers: Headers,
): Promise<number | undefined> {
  const { hostname, port } = new URL(url);
  const asking = request({ hostname, port, method, path, headers, agent: false }).end();
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  asking.on('error', () => {}).destroy(); // some have no end
  return answer.statusCode;
}

type Headers = Readonly<Record<string, string>>;

/** The statuses of all routes, asked with these headers. */
async function statuses(opened: Opened, headers: Headers): Promise<Set<unknown>> {
  const found = new Set<unknown>();
  for (const route of await adminRoutesOf(opened)) found.add(await statusOf(opened.url, route, headers));
  return found;
}

const foreign: readonly (readonly [string, (url: string) => Record<string, string>])[] = [
  ['another origin', () => ({ Origin: 'https://far.example' })],
  ['another port of this machine', () => ({ Origin: 'http://127.0.0.1:1' })],
  ['another name of this machine', (url) => ({ Origin: url.replace('127.0.0.1', 'localhost') })],
  ['another scheme', (url) => ({ Origin: url.replace('http:', 'https:') })],
  ['no origin', () => ({ Origin: 'null' })],
  ['a page of somebody else', () => ({ 'Sec-Fetch-Site': 'cross-site' })],
  ['a page of another port', (url) => ({ Origin: url, 'Sec-Fetch-Site': 'same-site' })],
  ['a name that was led here', () => ({ Host: 'far.example' })],
  ['a page of a name that was led here', () => ({ Host: 'far.example', Origin: 'http://far.example' })],
  ['a name that was led to a proxy', () => ({ 'X-Forwarded-Host': 'far.example', Origin: 'http://far.example' })],
  ['another machine, by a proxy', () => ({ 'X-Forwarded-For': '203.0.113.7' })],
  [
    'another machine, by a proxy that hands on what the client says of the connection',
    () => ({ Connection: 'X-Forwarded-For', 'X-Forwarded-For': '203.0.113.7' }),
  ],
  [
    'a page of somebody else, by such a proxy',
    () => ({ Connection: 'Origin, Sec-Fetch-Site', Origin: 'https://far.example', 'Sec-Fetch-Site': 'cross-site' }),
  ],
  ['another machine, by a proxy that says so otherwise', () => ({ Forwarded: 'for=203.0.113.7' })],
];

/** Of who is let in, whatever he has forgotten. */
const inside = [200, 202, 400, 404, 422];

describe.each([
  ['of a service', aService],
  ['behind the gateway', behindGateway],
])('with a token, every route for operators %s', (_, open) => {
  test('answers nobody without it or with another one, from wherever he asks', async () => {
    const opened = await open(token);
    expect((await adminRoutesOf(opened)).length).toBeGreaterThan(12);
    const wrong = [{}, { Authorization: 'Bearer the token of somebody' }, { Authorization: 'Basic dG9rZW4=' }];
    for (const headers of [...wrong, ...foreign.map(([, headers]) => headers(opened.url))])
      expect(await statuses(opened, headers as Headers)).toEqual(new Set([401]));
    for (const status of await statuses(opened, { Authorization: `Bearer ${token}` })) expect(inside).toContain(status);
  });

  test('tells no page of another origin that it might ask', async () => {
    const opened = await open(token);
    const headers = { Origin: 'https://far.example', 'Access-Control-Request-Method': 'POST' };
    for (const { path } of await adminRoutesOf(opened)) {
      const answer = await fetch(opened.url + path, { method: 'OPTIONS', headers });
      expect(answer.status).toBe(405);
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });
});

describe.each([
  ['of a service', aService],
  ['behind the gateway', behindGateway],
  ['behind the console of another process, and the gateway', behindConsole],
])('without a token, every route for operators %s', (_, open) => {
  test.each(foreign)('answers nothing from %s', async (_from, headers) => {
    const opened = await open('');
    expect(await statuses(opened, headers(opened.url))).toEqual(new Set([403]));
  });

  test('answers its own page, and whoever is no page', async () => {
    const opened = await open('');
    for (const headers of [{}, { Origin: opened.url }, { Origin: opened.url, 'Sec-Fetch-Site': 'same-origin' }])
      for (const status of await statuses(opened, headers)) expect(inside).toContain(status);
  });
});
