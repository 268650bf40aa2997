import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { documentOf, problem, problemType, type Problem } from './problem';

/** Answers a request that is not for any route to look at. */
export function refuse(response: ServerResponse, refusal: Problem): void {
  const { headers, body } = messageOf(refusal);
  response.writeHead(refusal.status, headers).end(body);
}

/**
 * Answers what is not HTTP, or did not arrive in time. `latest` is the answer to what was asked last on this connection: it
 * goes first, or it is the one that is refused, when it is the body of that request that is broken.
 */
export function refuseConnection(error: NodeJS.ErrnoException, socket: Socket, latest?: ServerResponse): void {
  const detail =
    'reason' in error ? `this cannot be read as HTTP: ${error.reason}` : 'the request did not arrive in time';
  const refusal = problem(statuses[error.code ?? ''] ?? 400, detail, { headers: { Connection: 'close' } });
  if (latest && !latest.closed && !latest.req.complete && !latest.headersSent) refuse(latest, refusal);
  else hangUpAfter(latest, socket, refusal);
}

/** Says why, and closes the connection, once the answer to what was asked before is out. */
export function hangUpAfter(latest: ServerResponse | undefined, socket: Socket, refusal: Problem): void {
  const now = () => hangUp(socket, refusal);
  if (!latest || latest.closed) return now();
  socket.destroySoon = now; // node calls it, before anybody is told that the answer is out, if the client has hung up
  latest.once('close', now);
}

const statuses: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Says why, and closes the connection. */
export function hangUp(socket: Socket, refusal: Problem): void {
  if (!socket.writable) return;
  const { headers, body } = messageOf(refusal);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\n${lines.join('')}\r\n${body}`);
  linger(socket);
}

/** How long the other side may take to read the last answer and hang up as well. */
const lingerMs = 2_000;

/** Closes the connection. What still arrives is dropped: a reset would take the last answer with it. Source: RFC 9112, 9.6. */
export function linger(socket: Socket): void {
  socket.end();
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(timer));
}

function messageOf(refusal: Problem) {
  const body = JSON.stringify(documentOf(refusal));
  return {
    headers: { 'Content-Type': problemType, 'Content-Length': Buffer.byteLength(body), ...refusal.headers },
    body,
  };
}
