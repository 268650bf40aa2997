import { createServer, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { gateway, type Gateway } from './gateway';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function anInstance(answer: RequestListener, paths: object = { '/things/{id}': {} }): Promise<string> {
  const server: Server = createServer((asked, to) => {
    if (asked.url === '/openapi.json') to.end(JSON.stringify({ paths: { ...paths, '/health/live': {} } }));
    else answer(asked, to);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function before(services: Readonly<Record<string, readonly string[]>>): Promise<Gateway> {
  const served = Object.entries(services).map(([name, urls]) => ({ name, urls: () => urls }));
  const front = await gateway(served, { host: '127.0.0.1', port: 0, title: 'A system' });
  closers.push(() => front.close());
  return front;
}

/** A service that describes `/things` and answers it as told, behind a gateway. */
const aGateway = async (things: RequestListener) => before({ things: [await anInstance(things)] });

/** What is answered to a line that no library would send. */
async function statusLineFor(url: string, line: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(`${line} HTTP/1.1\r\nHost: any\r\nConnection: close\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text.split('\r\n')[0]!;
}

const echo: RequestListener = (asked, answer) => void answer.end(asked.url);

test.each(['GET //', 'GET http://any/things', 'GET http://[', 'OPTIONS *'])(
  '"%s" is refused, and the next call is answered',
  async (line) => {
    const { url } = await aGateway(echo);
    expect(await statusLineFor(url, line)).toMatch(/^HTTP\/1.1 40[04] /);
    expect(await (await fetch(`${url}/things/1`)).text()).toBe('/things/1');
  },
);

test('a path is passed on as it was asked for', async () => {
  const { url } = await aGateway(
    (asked, answer) => void answer.writeHead(asked.url === '/things/%2e%2e/1?a=b' ? 200 : 500).end(),
  );
  expect(await statusLineFor(url, 'GET /things/%2e%2e/1?a=b')).toBe('HTTP/1.1 200 OK');
});

test('an answer that breaks off breaks off for who has asked', async () => {
  const { url } = await aGateway((_asked, answer) => {
    answer.writeHead(200, { 'Content-Length': '100' });
    answer.write('the first part', () => answer.destroy());
  });
  await expect(fetch(`${url}/things/1`).then((answer) => answer.text())).rejects.toThrow();
});

test('a call that is given up is given up behind the gateway too', async () => {
  let closed: () => void = () => {};
  const isClosed = new Promise<void>((resolve) => (closed = resolve));
  const { url } = await aGateway((_asked, answer) => {
    answer.once('close', closed);
    answer.writeHead(200);
    answer.write('the first part');
  });
  const call = new AbortController();
  const answer = await fetch(`${url}/things/1`, { signal: call.signal });
  call.abort();
  await expect(answer.text()).rejects.toThrow();
  await isClosed;
});

describe('for all services it answers', () => {
  const saying =
    (name: string, ready: boolean, ...reasons: string[]): RequestListener =>
    ({ url }, answer) => {
      const said =
        url === '/metrics'
          ? `# TYPE up gauge\nup{service="${name}"} 1\n`
          : { services: { [name]: { ready, reasons } } };
      answer.writeHead(ready ? 200 : 503).end(typeof said === 'string' ? said : JSON.stringify(said));
    };
  const silent: RequestListener = () => {};
  const ready = async ({ url }: Gateway) => {
    const answer = await fetch(`${url}/health/ready`);
    return [answer.status, (await answer.json()) as object] as const;
  };

  test('that they are ready', async () => {
    const [one, two] = [await anInstance(saying('one', true)), await anInstance(saying('two', true))];
    expect(await ready(await before({ one: [one], two: [two] }))).toEqual([
      200,
      {
        status: 'up',
        services: { one: { ready: true, reasons: [] }, two: { ready: true, reasons: [] } },
        guarantees: expect.objectContaining({ profile: 'kafka' }),
      },
    ]);
  });

  test('which is not, and why, though it says nothing', async () => {
    const front = await before({
      one: [await anInstance(saying('one', false, 'the broker does not answer'))],
      two: [await anInstance(silent)],
      three: [await anInstance((_asked, answer) => void answer.writeHead(500).end('x'))],
      four: [await anInstance(saying('four', true)), 'http://127.0.0.1:1'],
    });
    expect(await ready(front)).toMatchObject([
      503,
      {
        status: 'down',
        services: {
          one: { ready: false, reasons: ['the broker does not answer'] },
          two: { ready: false, reasons: [expect.stringContaining('it does not answer')] },
          three: { ready: false, reasons: ['it answers 500, and not why'] },
          four: { ready: true, reasons: [expect.stringMatching(/^http:\/\/127.0.0.1:1: it does not answer/)] },
        },
      },
    ]);
  });

  test('that a service of which nothing runs is not ready', async () => {
    let urls = [await anInstance(saying('one', true))];
    const front = await gateway([{ name: 'one', urls: () => urls }], { host: '127.0.0.1', port: 0, title: 'A system' });
    closers.push(() => front.close());
    urls = [];
    expect(await ready(front)).toMatchObject([503, { services: { one: { reasons: ['no instance of it runs'] } } }]);
    expect(await (await fetch(`${front.url}/metrics`)).text()).toContain('saga_kit_ready{service="one"} 0');
    expect((await fetch(`${front.url}/things/1`)).status).toBe(503);
  });

  test('what they count, by service, and by instance where there are several', async () => {
    const [one, two] = [await anInstance(saying('one', true)), await anInstance(saying('two', true))];
    const { url } = await before({ one: [one], two: [two, two], three: [await anInstance(silent)] });
    const answer = await fetch(`${url}/metrics`);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0.0.4/);
    expect((await answer.text()).trim().split('\n')).toEqual([
      '# TYPE up gauge',
      'up{service="one"} 1',
      `up{service="two",instance="${two}"} 1`,
      `up{service="two",instance="${two}"} 1`,
      '# TYPE saga_kit_ready gauge',
      'saga_kit_ready{service="three"} 0',
    ]);
  });

  test('which routes they have', async () => {
    const one = await anInstance(echo, { '/ones': { get: {} } });
    const two = await anInstance(echo, { '/twos/{id}': { put: {} } });
    const { url } = await before({ one: [one], two: [two] });
    expect(await (await fetch(`${url}/openapi.json`)).json()).toMatchObject({
      openapi: '3.1.0',
      paths: { '/ones': { get: {} }, '/twos/{id}': { put: {} }, '/health/live': {} },
    });
  });

  describe('what has happened in a process', () => {
    const hand = (service: string) => [{ service, at: '2026-01-01T00:00:00.000Z', times: 1 }];
    const node = (messageId: string, causationId: string, parts: object) => ({
      type: messageId,
      code: null,
      topic: 't',
      messageId,
      causationId,
      sent: [],
      received: [],
      caused: [],
      ...parts,
    });
    const telling =
      (...story: readonly object[]): RequestListener =>
      ({ url }, answer) => {
        if (url === '/stories/a') answer.end(JSON.stringify({ txId: 'a', story }));
        else answer.writeHead(url?.startsWith('/stories/') ? 404 : 200).end('x');
      };
    const told = async (...third: readonly string[]) => {
      const described = { '/orders/{id}': { get: {} }, '/stories/{txId}': { get: { summary: 'the story' } } };
      const one = await anInstance(telling(node('Placed', 'call', { sent: hand('one') })), described);
      const two = await anInstance(telling(node('Sold', 'Placed', { sent: hand('two') })));
      const services = { one: [one], two: [two], ...(third.length > 0 && { third }) };
      const served = Object.entries(services).map(([name, urls]) => ({
        name,
        urls: () => [...(died ? ['http://127.0.0.1:1'] : []), ...urls],
      }));
      let died = false;
      const at = { host: '127.0.0.1', port: 0, title: 'A system', story: '/orders/:txId/story' };
      const front = await gateway(served, at);
      died = true; // an instance of each
      closers.push(() => front.close());
      return (path: string) => fetch(front.url + path);
    };

    test('as one tree, at the path that is configured, and not from the service whose paths begin like it', async () => {
      const ask = await told();
      const whole = [
        node('Placed', 'call', { sent: hand('one'), caused: [node('Sold', 'Placed', { sent: hand('two') })] }),
      ];
      expect(await (await ask('/orders/a/story?')).json()).toEqual({ txId: 'a', story: whole, acts: [] });
      expect((await ask('/orders/b/story')).status).toBe(404);
      const { paths } = (await (await ask('/openapi.json')).json()) as { paths: Record<string, object> };
      expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/orders/{id}', '/orders/{txId}/story']));
      expect(Object.keys(paths)).not.toContain('/stories/{txId}');
    });

    test('or that it cannot be told, when a service does not answer', async () => {
      const answers = await anInstance(
        ({ url }, answer) => void answer.writeHead(url === '/openapi.json' ? 200 : 500).end('{}'),
      );
      const answer = await (await told(answers))('/orders/a/story');
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
      expect(await answer.text()).toContain('the third service does not answer');
    });
  });

  test('what it answers itself as a service would', async () => {
    const { url } = await aGateway(echo);
    expect(await (await fetch(`${url}/health/live`)).json()).toEqual({ status: 'up' });
    const wrong = await fetch(`${url}/health/live`, { method: 'DELETE' });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    const unknown = await fetch(`${url}/nothing`);
    expect([unknown.status, unknown.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
  });
});

test('a gateway does not start while a service cannot say what it serves', async () => {
  await expect(before({ things: [] })).rejects.toThrow('no instance of things runs that could say what it serves');
});
