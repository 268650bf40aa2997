import { once } from 'node:events';
import { request } from 'node:http';
import { z } from 'zod';
import { forOperators } from './admin';
import { application } from './application';
import { route } from './route';
import { listen, type RunningServer } from './server';

const ignore = () => {};
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const done = route(
  {
    method: 'POST',
    path: '/admin/things/:id/begin',
    summary: 'Begins',
    params: z.object({ id: z.string().max(3) }),
    answers: { 200: z.string() },
  },
  async () => ({ status: 200, body: 'done' }),
);

let listening: RunningServer;
afterEach(() => listening.close());
const serve = async (token?: string) =>
  (listening = await listen(application(forOperators([done], token), log), { host: '127.0.0.1', port: 0 }));

async function ask(headers: Record<string, string> = {}, id = '1'): Promise<readonly [number, string | undefined]> {
  const asking = request(`${listening.url}/admin/things/${id}/begin`, { method: 'POST', headers }).end();
  const [answer] = await once(asking, 'response');
  answer.resume();
  return [answer.statusCode, answer.headers['www-authenticate']];
}

test('with a token, whoever sends it is answered, and nobody else, whatever they ask for', async () => {
  await serve('a token of some length');
  expect(await ask({ Authorization: 'Bearer a token of some length' })).toEqual([200, undefined]);
  expect(await ask({ Authorization: 'bearer  a token of some length', Origin: 'https://far.example' })).toMatchObject([
    200,
  ]);
  for (const headers of [
    {},
    { Authorization: 'Bearer another token' },
    { Authorization: 'Bearer ' },
    { Authorization: 'Basic a token of some length' },
    { Authorization: 'Bearer a token of some lengthX' },
  ])
    for (const id of ['1', 'no such thing'])
      expect(await ask(headers, encodeURIComponent(id))).toEqual([401, 'Bearer realm="admin"']);
});

test('without a token, callers on this machine are answered', async () => {
  await serve();
  expect(await ask()).toMatchObject([200]);
  expect(await ask({ 'X-Forwarded-For': '127.0.0.1, ::1', 'X-Forwarded-Host': 'localhost:3000' })).toMatchObject([200]);
  expect(await ask({}, 'too-long')).toMatchObject([422]);
});

test.each([
  ['a page of the origin that it asks', { Host: 'localhost:3000', Origin: 'http://localhost:3000' }],
  ['that page, to the newest browsers', { Host: '[::1]', Origin: 'http://[::1]', 'Sec-Fetch-Site': 'same-origin' }],
  ['an address that is typed into a browser', { Host: 'localhost:3000', 'Sec-Fetch-Site': 'none' }],
  [
    'a page that a proxy on this machine has handed over',
    { 'X-Forwarded-Host': 'localhost:4000, 127.0.0.1:3000', Origin: 'http://localhost:4000' },
  ],
  [
    'a page that a proxy on this machine has handed over, encrypted',
    { 'X-Forwarded-Host': 'localhost', 'X-Forwarded-Proto': 'https', Origin: 'https://localhost' },
  ],
])('without a token, %s is answered', async (_, headers) => {
  await serve();
  expect(await ask(headers)).toEqual([200, undefined]);
});

test.each([
  ['that a proxy names', { 'X-Forwarded-For': '203.0.113.7' }],
  ['that a proxy names behind a claim', { 'X-Forwarded-For': '127.0.0.1, 203.0.113.7' }],
  ['whose claim a proxy names', { 'X-Forwarded-For': '203.0.113.7, 127.0.0.1' }],
  ['that a proxy names in another way', { Forwarded: 'for=127.0.0.1' }],
  ['whose browser shows a page of somebody', { Origin: 'https://far.example' }],
  ['whose browser shows a page of another port', { Host: 'localhost:3000', Origin: 'http://localhost:3001' }],
  ['whose browser shows a page of another scheme', { Host: 'localhost:3000', Origin: 'https://localhost:3000' }],
  ['whose browser shows a page of another name', { Host: 'localhost:3000', Origin: 'http://127.0.0.1:3000' }],
  ['whose browser shows a page of no origin', { Host: 'localhost:3000', Origin: 'null' }],
  ['who was led here by another name, page and all', { Host: 'far.example', Origin: 'http://far.example' }],
  [
    'who was led to a proxy by another name, page and all',
    { Host: 'localhost:3000', 'X-Forwarded-Host': 'far.example', Origin: 'http://far.example' },
  ],
  [
    'whose page comes from behind the proxy, and not from it',
    { 'X-Forwarded-Host': 'localhost:4000, localhost:3000', Origin: 'http://localhost:3000' },
  ],
  ['whose browser says that it is a page of somebody', { Host: 'localhost:3000', 'Sec-Fetch-Site': 'cross-site' }],
  ['whose browser says that it is a page of another port', { Host: 'localhost', 'Sec-Fetch-Site': 'same-site' }],
  ['who was led here by another name', { Host: 'far.example' }],
  ['who was led to a proxy by another name', { 'X-Forwarded-Host': 'far.example' }],
  ['whose name only begins as ours', { Host: 'localhost.far.example' }],
])('without a token, nobody is answered %s', async (_, headers) => {
  await serve();
  expect(await ask(headers)).toEqual([403, undefined]);
});
