import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Authentication, Middleware, route, Routes } from 'saga-kit/http';
import { ContainerModule, service, type ServiceLiteral } from 'saga-kit/service';
import { embeddedSettings, settingsFrom, startEmbedded } from 'saga-kit/tools';
import { z } from 'zod';
import { aGuardedShop } from './a-guarded-shop';

const answers = { 200: z.string() };
const hello = route({ method: 'GET', path: '/hello', summary: 'Greets', answers }, async () => ({
  status: 200,
  body: 'hello',
}));
const neighbour = service({
  name: 'neighbour',
  migrations: [],
  bindings: new ContainerModule(({ bind }) => void bind(Routes).toConstantValue({ routes: [hello] })),
});

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'saga-kit-'))));
afterEach(() => rm(folder, { recursive: true }));

const start = (...literals: readonly ServiceLiteral[]) => {
  const settings = { ...settingsFrom(embeddedSettings, { PORT: '0', LOG_LEVEL: 'silent' }), DATA_DIR: folder };
  return startEmbedded(literals, settings, (error) => {
    throw error;
  });
};

describe('a service that asks who is asking, beside one that does not', () => {
  let system: Awaited<ReturnType<typeof start>>;
  beforeEach(async () => void (system = await start(aGuardedShop(), neighbour)));
  afterEach(() => system.stop());

  async function ask(path: string, token?: string, more: RequestInit = {}) {
    const Authorization: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    const answer = await fetch(system.url + path, { ...more, headers: { ...Authorization, ...more.headers } });
    return { status: answer.status, headers: answer.headers, body: await answer.text() };
  }
  const json = { 'Content-Type': 'application/json' };

  test('lets its handlers know who it is, of the type that the route has said', async () => {
    expect(await ask('/bills', 'b')).toMatchObject({ status: 200, body: '{"name":"Bob"}' });
    const patch = { method: 'PATCH', headers: json, body: '{"item":"tea"}' };
    const answer = await ask('/bills/1', 'a', patch);
    expect(answer).toMatchObject({ status: 200, body: '{"name":"Ann, a clerk, about tea"}' });
    expect(answer.headers.get('x-asked-by')).toBe('Ann');
  });

  test('answers 401 and how to say it, before it looks at anything else of the request', async () => {
    for (const [path, token] of [['/bills'], ['/bills?no=such'], ['/bills', 'unknown']] as const) {
      const { status, headers, body } = await ask(path, token);
      expect([status, headers.get('content-type')]).toEqual([401, 'application/problem+json']);
      expect(headers.get('www-authenticate')).toBe('Bearer realm="bills"');
      expect(JSON.parse(body)).toMatchObject({ status: 401, title: 'Unauthorized', detail: 'say who you are' });
    }
    expect((await ask('/bills/1', undefined, { method: 'PATCH', body: 'no JSON' })).status).toBe(401);
  });

  test('answers 403 where the caller is not one that the route is for, and what the hook has said itself', async () => {
    const patch = { method: 'PATCH', headers: json, body: '{"item":"tea"}' };
    const { status, body, headers } = await ask('/bills/1', 'b', patch);
    expect([status, JSON.parse(body).detail]).toEqual([403, 'this is not for you to ask']);
    expect(headers.get('www-authenticate')).toBeNull();
    const stolen = await ask('/bills', 'stolen');
    expect([stolen.status, JSON.parse(stolen.body).detail]).toEqual([403, 'this token was taken back']);
    expect(stolen.headers.get('www-authenticate')).toBeNull();
  });

  test('leaves alone what is open, what is the neighbour’s, and what each process answers of itself', async () => {
    expect(await ask('/prices')).toMatchObject({ status: 200, body: 'all is free' });
    for (const path of ['/hello', '/health/live', '/health/ready', '/metrics', '/openapi.json', '/']) {
      const { status, headers } = await ask(path, undefined, { headers: { 'X-Day': 'monday' } });
      expect([path, status, headers.get('x-asked-by')]).toEqual([path, 200, null]);
    }
  });

  test('is asked through its middleware, which may answer itself and sees every method of its paths', async () => {
    const { status, headers, body } = await ask('/bills', 'a', { headers: { 'X-Day': 'monday' } });
    expect([status, headers.get('content-type')]).toEqual([429, 'application/problem+json']);
    expect([JSON.parse(body).detail, headers.get('retry-after')]).toEqual(['come back tomorrow', '86400']);
    const options = await ask('/bills', undefined, { method: 'OPTIONS' });
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, PATCH']);
    expect((await ask('/hello', undefined, { method: 'OPTIONS' })).status).toBe(405);
    const wrong = await ask('/bills', undefined, { method: 'DELETE' });
    expect([wrong.status, wrong.headers.get('x-asked-by')]).toEqual([405, 'nobody']);
  });

  test('says so in its description', async () => {
    const { paths, components } = JSON.parse((await ask('/openapi.json')).body);
    expect(components.securitySchemes).toEqual({ bills: { type: 'http', scheme: 'Bearer' } });
    const { get } = paths['/bills'];
    expect([get.security, Object.keys(get.responses)]).toEqual([[{ bills: [] }], ['200', '401', '403', '422', '503']]);
    expect(paths['/bills/{billId}'].patch.security).toEqual([{ bills: [] }]);
    for (const open of ['/prices', '/hello', '/health/ready'])
      expect([open, paths[open].get.security, paths[open].get.responses['401']]).toEqual([open, undefined, undefined]);
  });
});

const aService = (routes: Routes['routes'], hook?: Authentication) =>
  service({
    name: 'shop',
    migrations: [],
    bindings: new ContainerModule(({ bind }) => {
      bind(Routes).toConstantValue({ routes });
      if (hook) bind(Authentication).toConstantValue(hook);
    }),
  });
const scheme = { type: 'apiKey', in: 'header', name: 'X-Key' } as const;
const closed = route(
  { method: 'GET', path: '/closed', summary: 'Is for clerks', caller: z.object({}), answers },
  async () => ({ status: 200, body: 'hello' }),
);

test('a middleware that reads the body, which is for the route, is a fault that is told, and nobody waits', async () => {
  const post = route({ method: 'POST', path: '/all', summary: 'Reads', body: z.object({}), answers }, async () => {
    return { status: 200, body: 'hello' };
  });
  const literal = service({
    name: 'shop',
    migrations: [],
    bindings: new ContainerModule(({ bind }) => {
      bind(Routes).toConstantValue({ routes: [post] });
      bind(Middleware).toConstantValue({ use: async ({ req }, next) => text(req).then(next) });
    }),
  });
  const system = await start(literal);
  const headers = { 'Content-Type': 'application/json' };
  expect((await fetch(`${system.url}/all`, { method: 'POST', headers, body: '{}' })).status).toBe(500);
  await system.stop();
});

test('a hook that fails lets nobody in, and its reason is in the log only', async () => {
  const hook = { scheme, authenticate: () => Promise.reject(new Error('the secret is 42')) };
  const system = await start(aService([closed], hook));
  const answer = await fetch(`${system.url}/closed`);
  expect([answer.status, await answer.text()]).toEqual([500, expect.not.stringContaining('secret')]);
  await system.stop();
});

test('a route that waits for callers whom nobody names is a fault at the start, not an open door', async () => {
  await expect(start(aService([closed]))).rejects.toThrow(
    'GET /closed: it has a caller, and nobody says who that is. Bind an Authentication in its service',
  );
  const both = { ...closed, open: true } as const;
  await expect(start(aService([both], { scheme, authenticate: async () => ({}) }))).rejects.toThrow(
    'GET /closed: it is open, so it has no caller. Leave one of them out',
  );
});
