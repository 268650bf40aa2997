import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { PipelinedRequests, type Bounds } from './pipelined-requests';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
const many = (count: number, path = '/') => get(path).repeat(count);
const usual: Bounds = { aheadMax: 100, waitingMax: 10_000, readingMs: 30_000 };

/** Answers `/held` when it is let go on, `/big` with much, `/broken` not at all, and what else there is at once. */
class ServerInTurns {
  url = '';
  /** Requests by socket: those that node has handed over, and those whose answers were begun and not taken over yet. */
  private readonly waiting = new Map<Socket, number>();
  private readonly open = new Map<Socket, number>();
  readonly most = { waiting: 0, open: 0 };
  begun: string[] = [];
  readonly faults: string[] = [];
  letGoOn: () => void = () => {};
  private readonly held = new Promise<void>((resolve) => (this.letGoOn = resolve));

  constructor(readonly turns: PipelinedRequests) {}

  static async start(bounds: Partial<Bounds> = {}): Promise<ServerInTurns> {
    const turns = new PipelinedRequests({ ...usual, ...bounds }, ({ message }) => it.faults.push(message));
    const it = new ServerInTurns(turns);
    const server = createServer((request, response) => {
      it.count('waiting', request.socket, 1);
      turns.take(request, response, async () => {
        it.begun.push(request.url!);
        it.count('waiting', request.socket, -1);
        it.count('open', request.socket, 1);
        response.prependOnceListener('close', () => it.count('open', request.socket, -1));
        if (request.url === '/held') await it.held;
        if (request.url === '/endless') return void response.write('the beginning');
        if (request.url === '/broken') throw new Error('it is broken');
        response.end(request.url === '/big' ? big : request.url);
      });
    });
    server.on('connection', (socket) => turns.open(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(
      () => server.close(),
      () => server.closeAllConnections(),
    );
    it.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return it;
  }

  /** Resolves when all that had been sent before has been read, or will not be. */
  async hasRead(): Promise<void> {
    for (let asked = 0; asked < 20; asked++) expect(await (await fetch(this.url)).text()).toBe('/');
  }

  private count(what: 'waiting' | 'open', socket: Socket, change: number): void {
    const count = (this[what].get(socket) ?? 0) + change;
    this[what].set(socket, count);
    this.most[what] = Math.max(this.most[what], count);
  }
}
const big = Buffer.alloc(1_000_000);

/** A client that sends this, and does not read before it is told to. */
async function client({ url }: { url: string }, bytes: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {}); // some are here to be hung up on
  closers.push(() => socket.destroy());
  await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
  return socket;
}

/** The statuses that come, until there are so many or the server hangs up. */
async function statuses(socket: Socket, countMax: number): Promise<number[]> {
  const statuses: number[] = [];
  let text = '';
  for await (const piece of socket.setEncoding('latin1')) {
    text += piece as string;
    for (let head; (head = /HTTP\/1.1 (\d{3}) /.exec(text)); text = text.slice(head.index + head[0].length))
      statuses.push(Number(head[1]));
    if (statuses.length >= countMax) break;
  }
  return statuses;
}
const closed = (socket: Socket) => new Promise<void>((resolve) => void socket.resume().once('close', () => resolve()));
const ok = (count: number) => Array.from({ length: count }, () => 200);

test('the requests of a connection are begun one after the other', async () => {
  const server = await ServerInTurns.start();
  const socket = await client(server, get('/held') + get('/2') + get('/3'));
  await server.hasRead();
  expect(server.begun.filter((path) => path !== '/')).toEqual(['/held']);
  server.letGoOn();
  expect(await statuses(socket, 3)).toEqual(ok(3));
  expect(server.begun.filter((path) => path !== '/')).toEqual(['/held', '/2', '/3']);
  expect(server.most.open).toBe(1);
});

test('who has asked much ahead does not keep the process to itself', async () => {
  const server = await ServerInTurns.start({ aheadMax: 1_000 });
  await client(server, get('/held') + many(900, '/ahead'));
  await server.hasRead();
  server.letGoOn();
  await setImmediate();
  expect(server.begun.filter((path) => path === '/ahead').length).toBeLessThan(900);
});

test('of clients that do not read, one answer each is held, and all others are answered', async () => {
  const server = await ServerInTurns.start();
  for (let count = 0; count < 10; count++) await client(server, many(2_000, '/big'));
  await server.hasRead();
  expect(server.most.open).toBe(1);
  expect(server.begun.length).toBeLessThan(2_000);
});

test('a client that asks far ahead is read no further than a bound, and gets every answer', async () => {
  const aheadMax = 10;
  const server = await ServerInTurns.start({ aheadMax });
  const socket = await client(server, get('/held') + many(5_000));
  await server.hasRead();
  server.letGoOn();
  expect(await statuses(socket, 5_001)).toEqual(ok(5_001));
  const atOnce = Math.ceil(65_536 / get('/').length); // what node has read, it takes apart
  expect(server.most.waiting).toBeLessThanOrEqual(aheadMax + atOnce);
});

test('when too much waits already, who asks ahead is hung up on, and nobody else', async () => {
  const server = await ServerInTurns.start({ waitingMax: 20 });
  const one = await client(server, get('/held') + many(15));
  await server.hasRead();
  await closed(await client(server, get('/held') + many(15)));
  const modest = await client(server, get('/held') + many(2));
  await server.hasRead();
  server.letGoOn();
  expect([await statuses(one, 16), await statuses(modest, 3)]).toEqual([ok(16), ok(3)]);
});

test('what a client has asked ahead is not begun when it has gone', async () => {
  const server = await ServerInTurns.start();
  const socket = await client(server, get('/held') + many(50, '/ahead'));
  await server.hasRead();
  socket.resetAndDestroy();
  await server.hasRead();
  server.letGoOn();
  await server.hasRead();
  expect(server.begun).not.toContain('/ahead');
});

test('who does not read an answer in time is hung up on, who waits for one is not', async () => {
  const server = await ServerInTurns.start({ readingMs: 0 });
  const waiting = await client(server, get('/held'));
  const lazy = await client(server, many(20, '/big'));
  await server.hasRead();
  server.turns.hangUpUnread();
  expect((await statuses(lazy, 20)).length).toBeLessThan(20);
  server.letGoOn();
  expect(await statuses(waiting, 1)).toEqual([200]);
});

test('who has read all that there is so far of an answer without an end is not hung up on', async () => {
  const server = await ServerInTurns.start({ readingMs: 0 });
  const socket = await client(server, get('/endless'));
  const [first] = await once(socket, 'data');
  expect(String(first)).toContain('the beginning');
  for (let count = 0; count < 3; count++) server.turns.hangUpUnread();
  await server.hasRead();
  expect(socket.closed).toBe(false);
});

test('a fault is told, and costs nobody but its client the connection', async () => {
  const server = await ServerInTurns.start();
  await closed(await client(server, get('/broken')));
  await server.hasRead();
  expect(server.faults).toEqual(['it is broken']);
});
