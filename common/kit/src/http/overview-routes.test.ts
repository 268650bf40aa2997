import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { ManualClock } from '../testing';
import { application } from './application';
import { overviewRoutes } from './overview-routes';
import { listen, type RunningServer } from './server';

const ignore = () => {};
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const overview = {
  ...{ service: 'shop', at: new Date(0).toISOString(), ready: true, reasons: [], sagas: [] },
  ...{ parked: 0, needsOperator: 0, refused: 0 },
};
/** It stands still: whoever has gone is not found out by being told something. */
const clock = new ManualClock();
const overviews = {
  look: async () => overview,
  contracts: () => ({ service: 'shop', sends: [], listens: [] }),
  clock,
};

let listening: RunningServer;
const asked: ClientRequest[] = [];
beforeEach(async () => {
  const app = application(overviewRoutes([{ name: 'shop', overviews }]), log);
  listening = await listen(app, { host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  for (const each of asked.splice(0)) each.destroy();
  await listening.close();
});

async function watch(method = 'GET'): Promise<IncomingMessage> {
  const asking = request(`${listening.url}/admin/services/shop/live`, { method, agent: false }).end();
  asked.push(asking);
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  asking.on('error', () => {}); // it is given up in the end
  return answer.on('error', () => {});
}

test('so many may watch, one more is refused, and who has gone makes room at once', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => watch()));
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array.from({ length: 20 }, () => 200));
  const refused = await watch();
  expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '10']);
  asked[0]!.destroy();
  let last = refused;
  while (last.statusCode !== 200) last = await watch();
});

test('when nobody watches any more, nobody looks', async () => {
  await watch();
  expect(clock.nextAt).toBeDefined();
  asked[0]!.destroy();
  while (clock.nextAt !== undefined) await new Promise((resolve) => setImmediate(resolve));
});

test('who only asks for the head does not watch', async () => {
  for (let count = 0; count < 30; count++) expect((await watch('HEAD')).statusCode).toBe(200);
});

test('who stands between is told to keep nothing, and to wait for nothing', async () => {
  expect((await watch()).headers).toMatchObject({
    'content-type': 'text/event-stream',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
});

test('the server closes though somebody watches, and tells him', async () => {
  const answer = await watch();
  const ended = once(answer.resume(), 'end');
  await listening.close();
  await ended;
  expect(answer.complete).toBe(true);
});
