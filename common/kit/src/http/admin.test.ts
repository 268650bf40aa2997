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
  ['that a proxy names', { 'X-Forwarded-For': '203.0.113.7' }],
  ['that a proxy names behind a claim', { 'X-Forwarded-For': '127.0.0.1, 203.0.113.7' }],
  ['whose claim a proxy names', { 'X-Forwarded-For': '203.0.113.7, 127.0.0.1' }],
  ['that a proxy names in another way', { Forwarded: 'for=127.0.0.1' }],
  ['whose browser shows a page of somebody', { Origin: 'https://far.example' }],
  ['who was led here by another name', { Host: 'far.example' }],
  ['who was led to a proxy by another name', { 'X-Forwarded-Host': 'far.example' }],
  ['whose name only begins as ours', { Host: 'localhost.far.example' }],
])('without a token, nobody is answered %s', async (_, headers) => {
  await serve();
  expect(await ask(headers)).toEqual([403, undefined]);
});
