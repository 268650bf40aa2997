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

test('ends what cannot reach the broker', async () => {
  echo.close();
  const client = await aClient();
  await once(client, 'close');
});
