import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { listen, type Application, type RunningServer } from './server';

let listening: RunningServer;
const clients: Socket[] = [];
afterEach(async () => {
  await listening.close();
  for (const socket of clients.splice(0)) socket.destroy(); // a paused one would keep this process from ending
});

async function aServer(answer: Application['answer']): Promise<void> {
  listening = await listen({ answer, failed: () => {} }, { host: '127.0.0.1', port: 0 });
}
const client = (...bytes: string[]): Promise<Socket> =>
  new Promise((resolve) => {
    const socket = connect(Number(new URL(listening.url).port), '127.0.0.1');
    clients.push(socket.on('error', () => {}));
    socket.write(bytes.join(''), () => resolve(socket));
  });
const lines = (first: string) => `${first} HTTP/1.1\r\nHost: x\r\n\r\n`;

/** All that comes until the server hangs up. */
async function all(socket: Socket): Promise<string> {
  let text = '';
  for await (const piece of socket.setEncoding('latin1')) text += piece as string;
  return text;
}

test('a tunnel is refused behind the answers to what was asked before it', async () => {
  await aServer((_request, response) => void process.nextTick(() => response.end('first')));
  const text = await all(await client(lines('GET /'), lines('CONNECT x:1')));
  expect(text.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 405']);
});

test('whoever asks for a tunnel and resets the connection ends nothing else', async () => {
  await aServer((_request, response) => void response.end('there'));
  const deaths: unknown[] = [];
  const died = (error: unknown) => deaths.push(error);
  process.on('uncaughtException', died);
  for (let count = 0; count < 20; count++) (await client(lines('CONNECT x:1'))).resetAndDestroy();
  for (let count = 0; count < 20; count++) expect(await (await fetch(listening.url)).text()).toBe('there');
  process.off('uncaughtException', died);
  expect(deaths).toEqual([]);
});

describe('when the server closes', () => {
  const big = 20_000_000; // more than systems keep for a reader
  let letGoOn: () => void;
  const begun: string[] = [];
  beforeEach(async () => {
    begun.length = 0;
    const held = new Promise<void>((resolve) => (letGoOn = resolve));
    await aServer(async ({ url }, response) => {
      begun.push(url!);
      if (url === '/held') await held;
      response.end(url === '/big' ? Buffer.alloc(big, '.') : 'small');
    });
  });
  const hasBegun = async (...paths: string[]) => {
    while (!paths.every((path) => begun.includes(path))) await setImmediate();
  };
  const answersIn = (text: string) =>
    text
      .split('HTTP/1.1 ')
      .slice(1)
      .map((answer) => `${answer.slice(0, 3)} ${/^Connection: (\S+)/m.exec(answer)?.[1]}`);

  test('what was asked ahead is answered', async () => {
    const socket = await client(lines('GET /held'), lines('GET /2'), lines('GET /3'));
    await hasBegun('/held');
    const closed = listening.close();
    letGoOn();
    expect(answersIn(await all(socket))).toEqual(['200 keep-alive', '200 keep-alive', '200 close']);
    await closed;
  });

  test('what is still being read comes to its end, and nobody is waited for who has nothing to ask', async () => {
    const [held, reader, idle] = [await client(lines('GET /held')), await client(lines('GET /big')), await client('')];
    await hasBegun('/held', '/big');
    const closed = listening.close();
    expect(await all(idle)).toBe('');
    const answer = await all(reader);
    expect(answer.length - answer.indexOf('\r\n\r\n') - 4).toBe(big); // no pattern: its stack may not hold so much
    letGoOn();
    expect(answersIn(await all(held))).toEqual(['200 close']);
    await closed;
  });

  test('who asks more meanwhile is told that this was the last answer', async () => {
    const reader = await client(lines('GET /big'));
    await hasBegun('/big');
    const closed = listening.close();
    reader.write(lines('GET /more'));
    expect(answersIn(await all(reader))).toEqual(['200 keep-alive', '200 close']);
    await closed;
  });

  test('what comes after the last answer is not begun, since it could not be answered', async () => {
    const socket = connect({ port: Number(new URL(listening.url).port), host: '127.0.0.1', allowHalfOpen: true });
    socket.write(lines('GET /held'));
    await hasBegun('/held');
    const closed = listening.close();
    letGoOn();
    await once(socket.resume(), 'end');
    socket.end(lines('GET /late'));
    await closed;
    expect(begun).toEqual(['/held']);
  });

  test('nobody is waited for who does not read', async () => {
    await client(lines('GET /big').repeat(100));
    await hasBegun('/big');
    await listening.close();
  }, 30_000);
});

test('what cannot be read to its end is refused in its turn, and is not begun', async () => {
  const begun: string[] = [];
  let letGoOn: () => void = () => {};
  const held = new Promise<void>((resolve) => (letGoOn = resolve));
  await aServer(async ({ url }, response) => {
    begun.push(url!);
    await held;
    response.end();
  });
  const socket = await client(
    lines('GET /held'),
    'PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n',
  );
  for (let count = 0; count < 20; count++) await setImmediate();
  letGoOn();
  expect((await all(socket)).match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
  expect(begun).toEqual(['/held']);
});

test('it is refused also when the client has hung up before the answer in front of it was there', async () => {
  let letGoOn: () => void = () => {};
  const held = new Promise<void>((resolve) => (letGoOn = resolve));
  let hungUp: () => void = () => {};
  const hasHungUp = new Promise<void>((resolve) => (hungUp = resolve));
  await aServer(async ({ socket }, response) => {
    socket.once('end', hungUp);
    await held;
    response.end();
  });
  const socket = connect({ port: Number(new URL(listening.url).port), host: '127.0.0.1', allowHalfOpen: true });
  socket.end(lines('GET /') + 'nonsense\r\n\r\n');
  await hasHungUp;
  letGoOn();
  expect((await all(socket)).match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
});

test('whoever is answered before having sent everything comes to read the answer, the last one too', async () => {
  await aServer((_request, response) => void response.end('answered'));
  const bytes = 20_000_000; // more than systems keep for a reader
  const head = `PUT / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${bytes}\r\n\r\n`;
  expect(await all(await client(head, 'x'.repeat(bytes)))).toMatch(/answered$/);
});
