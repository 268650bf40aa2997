import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Proxy } from './proxy';

let echo: Server;
let proxy: Proxy;
const clients: Socket[] = [];
const reached: Socket[] = [];
beforeEach(async () => {
  echo = createServer((socket) => {
    reached.push(socket);
    socket.on('error', () => {}).pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await Proxy.open();
  proxy.to = (echo.address() as AddressInfo).port;
});
afterEach(async () => {
  for (const socket of [...clients.splice(0), ...reached.splice(0)]) socket.destroy();
  await proxy.close();
  echo.close();
});

async function aClient(): Promise<Socket> {
  const client = connect(proxy.port, '127.0.0.1').on('error', () => {});
  clients.push(client);
  await once(client, 'connect');
  return client;
}

const closes = (client: Socket) => new Promise((resolve) => client.once('close', resolve));

/** Says something, and resolves with what comes back. */
async function echoed(client: Socket, text: string): Promise<string> {
  client.write(text);
  const [answer] = (await once(client, 'data')) as [Buffer];
  return answer.toString();
}

test('lets everything through', async () => {
  expect(await echoed(await aClient(), 'hello')).toBe('hello');
});

test('half open, lets nothing through on old connections, tells nobody, and takes new ones, until it drops the old', async () => {
  const old = await aClient();
  await echoed(old, 'hello');
  expect(proxy.halfOpen()).toBe(1);
  const events: string[] = [];
  for (const event of ['data', 'close'] as const) old.on(event, () => events.push(event));
  old.write('is anybody there?');
  reached[0]!.destroy(); // of this the client is not told either
  expect(await echoed(await aClient(), 'hello')).toBe('hello'); // the old one has had its time
  expect(events).toEqual([]);
  const closed = once(old, 'close');
  proxy.drop();
  await closed;
  expect(await echoed(clients[1]!, 'still there')).toBe('still there');
});

test('silent, takes new connections and answers nobody, until it drops them', async () => {
  await echoed(await aClient(), 'hello');
  proxy.silence();
  const later = await aClient();
  const answers: string[] = [];
  for (const client of clients) client.on('data', (answer: Buffer) => answers.push(answer.toString()));
  for (const client of clients) client.write('is anybody there?');
  const closed = Promise.all(clients.map(closes));
  proxy.drop();
  await closed;
  expect(answers).toEqual([]);
  expect(later.destroyed).toBe(true);
  expect(await echoed(await aClient(), 'still there')).toBe('still there');
});

test('cut, ends all connections and takes none, until it is let go', async () => {
  const old = await aClient();
  await echoed(old, 'hello');
  const closed = closes(old);
  proxy.cut();
  await closed;
  await closes(await aClient());
  proxy.drop();
  expect(await echoed(await aClient(), 'hello')).toBe('hello');
});

test('far away, everything comes out later, whole and in order', async () => {
  const client = await aClient();
  proxy.delayMs = 40;
  const sent = Array.from({ length: 200 }, (_, index) => `${index},`);
  const beganAt = performance.now();
  let heard = '';
  client.on('data', (answer: Buffer) => (heard += answer.toString()));
  for (const [index, text] of sent.entries()) {
    if (index === 100) proxy.delayMs = 0;
    client.write(text);
    await new Promise((resolve) => setImmediate(resolve));
  }
  while (heard.length < sent.join('').length) await once(client, 'data');
  expect(heard).toBe(sent.join(''));
  expect(performance.now() - beganAt).toBeGreaterThanOrEqual(40);
});

test('ends what cannot reach the broker', async () => {
  echo.close();
  const client = await aClient();
  await once(client, 'close');
});
