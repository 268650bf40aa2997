import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { problem } from './problem';
import { hangUpAfter, refuse, refuseConnection } from './refuse';
import { PipelinedRequests, type Bounds } from './pipelined-requests';

/** What is served, as node hands it over. */
export interface Application {
  /** Answers one request. What it rejects with costs the client its connection. */
  answer(request: IncomingMessage, response: ServerResponse): unknown;
  /** Is told of what went wrong outside of any answer. */
  failed(error: Error): void;
  /** The server closes: what would have no end by itself ends now. */
  closing?(): void;
}

/** An HTTP server that listens. */
export interface RunningServer {
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
const bounds: Bounds = { aheadMax: 100, waitingMax: 10_000, readingMs: 30_000 };

/** Rejects, saying what to do, when the port is taken. */
export async function listen(app: Application, { host, port }: { host: string; port: number }): Promise<RunningServer> {
  const turns = new PipelinedRequests(bounds, (error) => app.failed(error));
  const server = serverOf(app, turns);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new Error(`port ${port} is taken: choose another with PORT`) : error),
    );
    server.listen(port, host, resolve);
  });
  server.on('error', (error) => app.failed(error)); // a connection that could not be taken ends nothing else
  const address = server.address();
  const actualPort = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actualPort}`,
    close: () => close(app, server, turns),
  };
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

function serverOf(app: Application, turns: PipelinedRequests): Server {
  const refused = new WeakSet<Socket>();
  const answer = (request: IncomingMessage, response: ServerResponse) =>
    namesOneHost(request)
      ? app.answer(request, response)
      : refuse(response, problem(400, 'a request has one Host header'));
  const server = createServer(options, (request, response) => turns.take(request, response, answer));
  server.on('connection', (socket) => turns.open(socket));
  server.on('checkExpectation', (request, response: ServerResponse) =>
    turns.take(request, response, () => refuse(response, problem(417, 'only 100-continue can be expected'))),
  );
  server.on('connect', (_request, socket: Socket) => {
    socket.on('error', () => {}); // node has taken its own listener off, and who resets the connection is not our fault
    const headers = { Allow: '', Connection: 'close' };
    hangUpAfter(turns.latest(socket), socket, problem(405, 'there are no tunnels here', { headers }));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (refused.has(socket)) return;
    refused.add(socket);
    refuseConnection(error, socket, turns.latest(socket));
  });
  const check = setInterval(() => turns.hangUpUnread(), checkMs).unref();
  server.once('close', () => clearInterval(check));
  server.maxHeadersCount = 0; // their bytes are bounded; of too many, node would drop some without a word
  server.maxConnections = connectionsMax;
  return Object.assign(server, {
    // Whoever has nothing more to ask may say so before the answer is there. Not documented, and older than the documentation.
    httpAllowHalfOpen: true,
    // node calls this when it closes, and takes for idle whoever is still reading an answer. `turns` knows better.
    closeIdleConnections: () => {},
  });
}

/** Source: RFC 9112, 3.2. */
const namesOneHost = ({ headers: { host }, httpVersion }: IncomingMessage): boolean =>
  host === undefined ? httpVersion !== '1.1' : !host.includes(',');

async function close(app: Application, server: Server, turns: PipelinedRequests): Promise<void> {
  app.closing?.();
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  turns.close();
  const timer = setTimeout(() => server.closeAllConnections(), closeMs);
  await closed;
  clearTimeout(timer);
}
