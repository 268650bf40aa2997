import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { Overloaded } from '../ports';
import { DatabaseFault, PausedSaga, type Log } from '../runtime';
import { application } from './application';
import { documentRoute } from './operations';
import { route } from './route';
import { listen, type RunningServer } from './server';

const logged: object[] = [];
const debugged: object[] = [];
const keep = (fields: object) => void logged.push(fields);
const log: Log = { debug: (fields) => void debugged.push(fields), info: keep, warn: keep, error: keep };
const answering = (path: string, handle: () => Promise<{ status: 200; body: string }>) =>
  route({ method: 'GET', path, summary: 'Answers', answers: { 200: z.string() } }, handle);

let made = 0;
let answerIsThere = (): void => {};
let hasBegun: Promise<void>;
let listening: RunningServer;
beforeEach(async () => {
  logged.length = 0;
  debugged.length = 0;
  let begin = (): void => {};
  hasBegun = new Promise((resolve) => (begin = resolve));
  const routes = [
    answering('/broken', () => Promise.reject(new Error('the secret is 42'))),
    answering('/full', () => Promise.reject(new Overloaded('7 are waiting'))),
    answering('/queue', () => Promise.reject(new Overloaded('7 are waiting', 12))),
    answering('/paused', () => Promise.reject(new PausedSaga('SALE/a'))),
    ...(['lost', 'conflict', 'refused'] as const).map((kind) =>
      answering(`/${kind}`, () => Promise.reject(new DatabaseFault(kind, 'it failed'))),
    ),
    documentRoute('/document', 'Describes', () => ({ made: ++made })),
    answering('/slow', () => {
      begin();
      return new Promise((resolve) => (answerIsThere = () => resolve({ status: 200, body: 'at last' })));
    }),
  ];
  listening = await listen(application(routes, log), { host: '127.0.0.1', port: 0 });
});
afterEach(() => listening.close());

test('a fault of our own is answered 500 without its reason; the log says where it is, and what it says for debug', async () => {
  const response = await fetch(`${listening.url}/broken`);
  expect(response.status).toBe(500);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(await response.text()).not.toContain('secret');
  const where = expect.stringMatching(/^Error at .*application\.test\.ts:\d+/);
  expect(logged).toEqual([{ method: 'GET', path: '/broken', error: where }]);
  expect(debugged).toEqual([{ method: 'GET', path: '/broken', error: 'Error: the secret is 42' }]);
});

test('too much to do is answered 503 and when to come back, and is no fault', async () => {
  const response = await fetch(`${listening.url}/full`);
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
  expect((await fetch(`${listening.url}/queue`)).headers.get('retry-after')).toBe('12');
  expect(await response.json()).toMatchObject({ status: 503, title: 'Service Unavailable' });
  expect(logged).toEqual([]);
});

test('what a saga that is paused cannot do, such as be cancelled, is answered 409 and what it waits for, and is no fault', async () => {
  const response = await fetch(`${listening.url}/paused`);
  expect(response.status).toBe(409);
  expect(await response.json()).toMatchObject({ detail: 'SALE/a is paused: it goes on when it is resumed' });
  expect(logged).toEqual([]);
});

test.each(['lost', 'conflict'] as const)(
  'a database that does not answer (%s) is answered 503 and when to come back, and is no fault',
  async (kind) => {
    const response = await fetch(`${listening.url}/${kind}`);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await response.json()).toMatchObject({ status: 503, detail: 'the database does not answer; ask again' });
    expect(logged).toEqual([]);
  },
);

test('a statement that the database refuses is a fault of our own', async () => {
  expect((await fetch(`${listening.url}/refused`)).status).toBe(500);
  expect(logged).toHaveLength(1);
});

test('a document that does not change is made once, whoever asks for it how often', async () => {
  for (let asked = 0; asked < 3; asked++) {
    const response = await fetch(`${listening.url}/document`);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toEqual({ made: 1 });
  }
  const head = await fetch(`${listening.url}/document`, { method: 'HEAD' });
  expect(head.headers.get('content-length')).toBe(`${JSON.stringify({ made }).length}`);
  expect((await fetch(`${listening.url}/document?again`)).status).toBe(422);
});

test('what was asked before closing is still answered, what is asked after it is not', async () => {
  const asked = fetch(`${listening.url}/slow`);
  await hasBegun;
  const closed = listening.close();
  await expect(fetch(`${listening.url}/full`)).rejects.toThrow();
  answerIsThere();
  const response = await asked;
  expect([await response.text(), response.headers.get('connection')]).toEqual(['at last', 'close']);
  await closed;
});

test('whoever has hung up on one side is still answered on the other', async () => {
  const { hostname, port } = new URL(listening.url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  const answered = text(socket);
  socket.end('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
  await hasBegun;
  await fetch(`${listening.url}/full`); // by then the end of the first connection has been noticed
  answerIsThere();
  expect(await answered).toContain('at last');
  socket.destroy();
});

test('a port that is taken is refused with what to do', async () => {
  const port = Number(new URL(listening.url).port);
  await expect(listen(application([], log), { host: '127.0.0.1', port })).rejects.toThrow(
    `port ${port} is taken: choose another with PORT`,
  );
});
