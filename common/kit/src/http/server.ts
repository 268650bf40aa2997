import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type Koa from 'koa';
import { problem } from './problem';
import { hangUp, refuse, refuseConnection } from './refuse';

export interface Listening {
  readonly url: string;
  /** Answers what has been asked, up to a deadline, and listens no more. */
  close(): Promise<void>;
}

const headersMs = 10_000;
/** For all of a request to arrive, its body included; how long the answer takes is another matter. */
const requestMs = 30_000;
const checkMs = 5_000;
/** Longer than clients usually keep a connection, so that it is not closed under a request that is on its way. */
const keepAliveMs = 65_000;
const headerBytesMax = 16_384;
const connectionsMax = 10_000;
const closeMs = 5_000;

/** Rejects, saying what to do, when the port is taken. */
export async function listen(app: Koa, { host, port }: { host: string; port: number }): Promise<Listening> {
  const latest: Latest = new Map();
  const server = serverOf(app, latest);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new Error(`port ${port} is taken: choose another with PORT`) : error),
    );
    server.listen(port, host, resolve);
  });
  server.on('error', (error) => app.emit('error', error)); // a connection that could not be taken ends nothing else
  const address = server.address();
  const actualPort = typeof address === 'object' && address ? address.port : port;
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${actualPort}`, close: () => close(server, latest) };
}

const options: ServerOptions = {
  headersTimeout: headersMs,
  requestTimeout: requestMs,
  connectionsCheckingInterval: checkMs,
  keepAliveTimeout: keepAliveMs,
  maxHeaderSize: headerBytesMax,
  joinDuplicateHeaders: true, // so that a second Content-Type is seen, and not dropped
  requireHostHeader: false, // node's own answer would not be a problem document
};

/** The answer to what was asked last on each connection. */
type Latest = Map<Socket, ServerResponse>;

function serverOf(app: Koa, latest: Latest): Server {
  const callback = app.callback();
  const refused = new WeakSet<Socket>();
  const server = createServer(options, (request, response) => {
    begin(request, response);
    if (namesOneHost(request)) void callback(request, response);
    else refuse(response, problem(400, 'a request has one Host header'));
  });
  const begin = (request: IncomingMessage, response: ServerResponse) => {
    latest.set(request.socket, response);
    if (!server.listening) response.shouldKeepAlive = false;
  };
  server.on('connection', (socket) => void socket.once('close', () => latest.delete(socket)));
  server.on('checkExpectation', (request, response: ServerResponse) => {
    begin(request, response);
    refuse(response, problem(417, 'only 100-continue can be expected'));
  });
  server.on('connect', (_request, socket: Socket) =>
    hangUp(socket, problem(405, 'there are no tunnels here', { headers: { Allow: '', Connection: 'close' } })),
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (refused.has(socket)) return;
    refused.add(socket);
    refuseConnection(error, socket, latest.get(socket));
  });
  server.maxHeadersCount = 0; // their bytes are bounded; of too many, node would drop some without a word
  server.maxConnections = connectionsMax;
  // Whoever has nothing more to ask may say so before the answer is there. Not documented, and older than the documentation.
  return Object.assign(server, { httpAllowHalfOpen: true });
}

/** Source: RFC 9112, 3.2. */
const namesOneHost = ({ headers: { host }, httpVersion }: IncomingMessage): boolean =>
  host === undefined ? httpVersion !== '1.1' : !host.includes(',');

async function close(server: Server, latest: Latest): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  for (const response of latest.values()) response.shouldKeepAlive = false;
  const timer = setTimeout(() => server.closeAllConnections(), closeMs);
  await closed;
  clearTimeout(timer);
}
