import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedSettings, settingsFrom, startEmbedded } from 'saga-kit/tools';
import { stub } from 'saga-kit/testing';
import { aShipping, Carry, ShippingWork, shippingSaga } from './a-shipping';
import { Pack, Unpack } from './a-shop';

const folder = mkdtempSync(join(tmpdir(), 'saga-kit-live-'));
afterAll(() => rmSync(folder, { recursive: true }));
const settings = settingsFrom(embeddedSettings, { PORT: '0', LOG_LEVEL: 'silent', DATA_DIR: folder });
/** A parcel is never packed. */
const services = () => {
  const shop = stub('shop', [Pack, Unpack]).on(Pack, () => {
    throw new Error('not now');
  });
  return [aShipping(), shop, stub('carrier', [Carry])];
};
let system: Awaited<ReturnType<typeof startEmbedded>>;
const asked: ClientRequest[] = [];
beforeEach(async () => {
  system = await startEmbedded(services(), settings, (error) => {
    throw error;
  });
});
afterEach(async () => {
  for (const each of asked.splice(0)) each.destroy();
  await system.stop();
});

async function listen(): Promise<IncomingMessage> {
  const asking = request(`${system.url}/admin/services/shipping/live`, { agent: false }).end();
  asked.push(asking);
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  asking.on('error', () => {}); // it is given up in the end
  return answer.on('error', () => {});
}

/** Reads on until there is an overview of which this holds. */
async function overviewIn(answer: IncomingMessage, holds: (overview: any) => boolean): Promise<any> {
  let text = '';
  for await (const chunk of answer.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    const events = text.split('\n\n').slice(0, -1);
    const data = events.filter((event) => event.startsWith('data: ')).map((event) => JSON.parse(event.slice(6)));
    const found = data.find(holds);
    if (found) return found;
  }
  throw new Error(`it has ended after ${text}`);
}

test('who listens sees an instance come to its step', async () => {
  const answer = await listen();
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/event-stream']);
  const asOverview = await (await fetch(`${system.url}/admin/services/shipping/overview`)).json();
  expect(await overviewIn(answer, () => true)).toEqual({ ...(asOverview as object), at: expect.any(String) });
  const work = system.services[0]!.container.get(ShippingWork);
  await work.run(({ sagas }) => sagas.begin(shippingSaga, 'a', { item: 'a', count: 1 }));
  const { sagas } = await overviewIn(answer, (overview) => overview.sagas[0].standing.length > 0);
  expect(sagas[0].standing).toEqual([{ status: 'running', step: 'Pack', count: 1 }]);
});

test('who listens is told when the service stops, and holds up nothing, read or unread', async () => {
  const [reader, lazy] = [await listen(), await listen()];
  lazy.pause();
  await overviewIn(reader, () => true);
  const ended = once(reader.resume(), 'end');
  await system.stop();
  await ended;
  expect(reader.complete).toBe(true);
  system = await startEmbedded(services(), settings, () => {});
});

test('contracts are told, and of a service that is not there nothing is', async () => {
  const ask = (path: string) => fetch(`${system.url}/admin/services/${path}`);
  expect(await (await ask('shipping/contracts')).json()).toMatchObject({ service: 'shipping', sends: { length: 3 } });
  for (const path of ['overview', 'live', 'contracts']) expect((await ask(`nobody/${path}`)).status).toBe(404);
});
