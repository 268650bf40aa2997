import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { IncompatibleSchema, RegistryUnavailable } from '../codec';
import { ConfluentRegistry } from './confluent-registry';

type Respond = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
const asked: { what: string; headers: IncomingMessage['headers']; body: string }[] = [];
let respond: Respond;
beforeAll(async () => {
  const listener: RequestListener = (request, response) =>
    void text(request).then((body) => {
      asked.push({ what: `${request.method} ${request.url}`, headers: request.headers, body });
      respond(request, response);
    });
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
beforeEach(() => void asked.splice(0));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const port = () => (server.address() as AddressInfo).port;
const aRegistry = (deadlineMs = 10_000) =>
  new ConfluentRegistry(`http://me:s%3Acret@127.0.0.1:${port()}/v7/`, { deadlineMs });
const answer =
  (status: number, body: unknown, headers = {}): Respond =>
  (_, response) =>
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
const fault = (code: number) => answer(Math.floor(code / 100), { error_code: code, message: `it is ${code}` });

/** Each of the three methods of the port. */
const calls: readonly [string, (registry: ConfluentRegistry) => Promise<unknown>][] = [
  ['idOf', (registry) => registry.idOf('s', '"int"')],
  ['schemaOf', (registry) => registry.schemaOf(7)],
  ['register', (registry) => registry.register('s', '"int"')],
];

const unwell: readonly [string, Respond, string][] = [
  ['500', answer(500, { error_code: 50001, message: 'store' }), 'answers 500'],
  ['503 in HTML', answer(503, '<html>'), 'answers 503'],
  ['too many requests', answer(429, ''), 'answers 429'],
  ['401', answer(401, {}), 'look at the user and the password in SCHEMA_REGISTRY_URL'],
  ['a 404 of something else', answer(404, ''), 'is SCHEMA_REGISTRY_URL the address of its Confluent API?'],
  ['a 404 of the server itself', answer(404, { error_code: 404, message: 'HTTP 404' }), 'answers 404'],
  ['a redirect', answer(302, '', { Location: '/elsewhere' }), 'answers 302'],
  ['malformed JSON', answer(200, '{"id": 1'), 'JSON'],
  ['nothing', answer(200, ''), 'JSON'],
  ['other JSON', answer(200, { id: '1' }), "is not one of Confluent's API"],
  ['an impossible id', answer(200, { id: 2 ** 31, schema: 1 }), "is not one of Confluent's API"],
  ['a list', answer(200, []), "is not one of Confluent's API"],
  ['a connection that is gone', (request) => void request.socket.destroy(), 'reached: socket hang up'],
  [
    'a connection that goes in the middle',
    (request, response) => {
      response.writeHead(200, { 'Content-Length': 100 }).write('{"id"', () => request.socket.destroy());
    },
    'reached: aborted',
  ],
  [
    'a body without end',
    (_, response) => {
      response.on('error', () => {}).writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write(' '.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    },
    'more than 8388608 characters',
  ],
];

describe.each(unwell)('a registry that answers with %s', (_name, how, reason) => {
  test.each(calls)('is unavailable: %s', async (_method, call) => {
    respond = how;
    const failed = call(aRegistry());
    await expect(failed).rejects.toBeInstanceOf(RegistryUnavailable);
    await expect(failed).rejects.toThrow(reason);
    await expect(failed).rejects.toThrow(/^(?!.*cret)/s);
  });
});

const hanging: readonly [string, Respond][] = [
  ['hangs', () => {}],
  ['sends its heads and hangs', (_, response) => void response.writeHead(200).write('{')],
  [
    'sends a byte from time to time',
    (_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    },
  ],
];

describe.each(hanging)('a registry that %s', (_name, how) => {
  test.each(calls)('is unavailable after the deadline, and its connection is closed: %s', async (_method, call) => {
    let closed: Promise<unknown> | undefined;
    respond = (request, response) => {
      closed = once(response, 'close');
      how(request, response);
    };
    const failed = call(aRegistry(100));
    await expect(failed).rejects.toBeInstanceOf(RegistryUnavailable);
    await expect(failed).rejects.toThrow('has not answered within 100 ms');
    await closed;
  });
});

test.each(calls)(
  'a registry that is not there is unavailable, and its address is named without password: %s',
  async (_, call) => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    const failed = call(new ConfluentRegistry(`http://me:secret@127.0.0.1:${port}/v7`));
    await expect(failed).rejects.toBeInstanceOf(RegistryUnavailable);
    await expect(failed).rejects.toThrow(/^the schema registry at http:\/\/127\.0\.0\.1:\d+\/v7 .*ECONNREFUSED/);
  },
);

test.each([40401, 40402, 40403])('%d is the answer of a registry that knows nothing of it', async (code) => {
  respond = fault(code);
  expect(await aRegistry().idOf('s', '"int"')).toBeUndefined();
  expect(await aRegistry().schemaOf(7)).toBeUndefined();
  expect(await aRegistry().versionsOf('s')).toEqual([]);
});

test('versions are listed without those that were deleted', async () => {
  const version = (which: number) => ({ version: which, id: 10 + which, schema: '"int"' });
  respond = (request, response) => {
    const which = request.url!.split('/').at(-1);
    return (which === '2' ? fault(40402) : answer(200, version(which === 'latest' ? 4 : Number(which))))(
      request,
      response,
    );
  };
  expect(await aRegistry().versionsOf('s')).toEqual([version(1), version(3), version(4)]);
});

test('what the registry says against a schema is told', async () => {
  respond = answer(200, { is_compatible: false, messages: ['a is gone', 'b is new'] });
  expect(await aRegistry().refusalOf('s', '"int"')).toBe('a is gone; b is new');
  expect(asked[0]?.what).toBe('POST /v7/compatibility/subjects/s/versions/latest?verbose=true');
});

test('an https address is spoken to in TLS', async () => {
  const failed = new ConfluentRegistry(`https://127.0.0.1:${port()}`).schemaOf(7);
  await expect(failed).rejects.toThrow(/wrong version number/); // it is met by a server that does not speak it
});

test('an id that no registry can have given is not asked for', async () => {
  for (const id of [0, -1, 2 ** 31, 1.5, NaN]) expect(await aRegistry().schemaOf(id)).toBeUndefined();
  expect(asked).toEqual([]);
});

/** A registry that knows nothing yet and registers as it is told. */
const empty =
  (registering: Respond, level = fault(40408), setting = answer(200, { compatibility: 'FULL_TRANSITIVE' })): Respond =>
  (request, response) => {
    const { method, url } = request;
    if (method === 'GET') return level(request, response);
    if (method === 'PUT') return setting(request, response);
    return (url!.endsWith('/versions') ? registering : fault(40401))(request, response);
  };

test('a subject that has no level is given one before its first schema', async () => {
  respond = empty(answer(200, { id: 7 }));
  expect(await aRegistry().register('a/b c', '"int"')).toBe(7);
  expect(asked.map(({ what, body }) => [what, body])).toEqual([
    ['POST /v7/subjects/a%2Fb%20c', '{"schema":"\\"int\\""}'],
    ['GET /v7/config/a%2Fb%20c', ''],
    ['PUT /v7/config/a%2Fb%20c', '{"compatibility":"FULL_TRANSITIVE"}'],
    ['POST /v7/subjects/a%2Fb%20c/versions', '{"schema":"\\"int\\""}'],
  ]);
});

test('a level that is there is left alone', async () => {
  respond = empty(answer(200, { id: 7 }), answer(200, { compatibilityLevel: 'NONE' }));
  await aRegistry().register('s', '"int"');
  expect(asked.filter(({ what }) => what.startsWith('PUT'))).toEqual([]);
});

test('a level that somebody else sets at the same time is no conflict', async () => {
  respond = empty(answer(200, { id: 7 }), fault(40408), answer(409, { message: 'already exists', error_code: 0 }));
  expect(await aRegistry().register('s', '"int"')).toBe(7);
});

test('a conflict is an incompatible schema, with what the registry says about it', async () => {
  respond = empty(fault(40901));
  const failed = aRegistry().register('s', '"int"');
  await expect(failed).rejects.toBeInstanceOf(IncompatibleSchema);
  await expect(failed).rejects.toThrow('s: it is 40901');
});

test('what is not a schema is a mistake of ours and no outage', async () => {
  respond = empty(fault(42201));
  const failed = aRegistry().register('s', 'nonsense');
  await expect(failed).rejects.not.toBeInstanceOf(RegistryUnavailable);
  await expect(failed).rejects.toThrow('the schema registry does not take s: it is 42201');
});

test('an id that was found is not asked for again; a schema is, and what was not found', async () => {
  const registry = aRegistry();
  respond = fault(40403);
  await registry.schemaOf(7);
  await registry.idOf('s', '"int"');
  respond = answer(200, { id: 7, schema: '"int"' });
  const ids = () => Promise.all([registry.idOf('s', '"int"'), registry.idOf('s', '"int"')]);
  expect(await ids()).toEqual([7, 7]);
  expect([await registry.schemaOf(7), await registry.schemaOf(7)]).toEqual(['"int"', '"int"']);
  respond = answer(500, '');
  expect(await ids()).toEqual([7, 7]);
  await expect(registry.schemaOf(7)).rejects.toThrow('it answers 500');
  expect(asked).toHaveLength(6);
});

test('what a registry says of one schema that it will not hand out is told in its words', async () => {
  respond = answer(400, { error_code: 400, message: 'artifact 7 has references' });
  await expect(aRegistry().schemaOf(7)).rejects.toThrow('it answers 400, "artifact 7 has references" (find 7)');
});

test('an outage is told at once, and not remembered', async () => {
  const registry = aRegistry();
  respond = answer(503, '');
  await expect(registry.schemaOf(7)).rejects.toThrow();
  expect(asked).toHaveLength(1);
  respond = answer(200, { schema: '"int"' });
  expect(await registry.schemaOf(7)).toBe('"int"');
});

test('the user and the password are sent, and connections are used again', async () => {
  const connections = new Set<number | undefined>();
  respond = (request, response) => {
    connections.add(request.socket.remotePort);
    answer(200, { schema: '"int"' })(request, response);
  };
  const registry = aRegistry();
  for (let id = 1; id <= 20; id++) await registry.schemaOf(id);
  expect(asked[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:s:cret').toString('base64')}`);
  expect(connections.size).toBeLessThan(5); // some may be there of other tests
});
