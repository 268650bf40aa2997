import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { application, listen } from 'saga-kit/tools';
import { gateway } from '../gateway/gateway';
import { consoleRoutes, type ConsoleOf } from './console-routes';
import { noDemonstration } from './demonstration';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const ignore = () => {};
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const place = { label: 'Order', method: 'POST', path: '/orders', body: { userId: 1 } } as const;
const silence = { label: 'The till is silent', service: 'till' };
const shop: ConsoleOf = { story: '/orders/:txId/story', console: { requests: [place], silence } };
const at = { host: '127.0.0.1', port: 0 };

/** What lies beside the page for whoever works on it. */
const isForCompilers = (file: string): boolean => /\.(ts|json)$/.test(file);

async function alone(routes = consoleRoutes(shop)): Promise<string> {
  const listening = await listen(application(routes, log), at);
  closers.push(() => listening.close());
  return listening.url;
}

async function throughGateway(): Promise<string> {
  const front = await gateway([], { ...at, title: 'A shop', routes: consoleRoutes(shop) });
  closers.push(() => front.close());
  return front.url;
}

describe.each([
  ['by the services', () => alone()],
  ['by the gateway', throughGateway],
])('served %s', (_, serve) => {
  test('the page and each of its files is what the browser takes it for, and speaks to nobody else', async () => {
    const url = await serve();
    const types = { html: 'text/html', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' };
    const files = readdirSync(join(__dirname, '..', '..', 'console')).filter((file) => !isForCompilers(file));
    expect(files).toContain('index.html');
    for (const path of ['/console', ...files.map((file) => `/console/${file}`)]) {
      const { status, headers } = await fetch(url + path);
      expect(status).toBe(200);
      const ending = path === '/console' ? 'html' : path.split('.')[1];
      expect(headers.get('content-type')).toMatch(types[ending as keyof typeof types]);
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      );
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cache-control')).toBe('no-cache');
    }
  });

  test.each([
    'nothing.js',
    'index.ts',
    'page.d.ts',
    'tsconfig.json',
    '..%2Fpackage.json',
    '%2e%2e%2fsrc%2fmain.ts',
    '.html',
    'INDEX.HTML',
  ])('there is no %s', async (file) => {
    expect((await fetch(`${await serve()}/console/${file}`)).status).toBe(404);
  });

  test('the console is told where stories are, and what there is to demonstrate', async () => {
    const answer = await fetch(`${await serve()}/console/demo`);
    expect(await answer.json()).toEqual({ story: '/orders/:txId/story', demo: { requests: [place], silence } });
  });
});

test('a system with nothing to demonstrate says so', async () => {
  const url = await alone(consoleRoutes({ story: '/stories/:txId', console: noDemonstration }));
  expect(await (await fetch(`${url}/console/demo`)).json()).toEqual({ story: '/stories/:txId', demo: null });
});

test('the gateway describes the console with the rest', async () => {
  const { paths } = (await (await fetch(`${await throughGateway()}/openapi.json`)).json()) as { paths: object };
  expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/console', '/console/{file}', '/console/demo']));
});
