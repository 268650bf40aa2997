import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { linger } from './refuse';

/** Answers one request; what it rejects with is a fault of the server, and costs the client its connection. */
export type Answering = (request: IncomingMessage, response: ServerResponse) => unknown;

/** What a server takes on for its clients. */
export interface Bounds {
  /** Requests of a connection that wait for the answer before theirs; with as many it is read no further. */
  readonly aheadMax: number;
  /** Those of all connections; with as many, whoever asks ahead is hung up on. */
  readonly waitingMax: number;
  /** For a client to read what has been said of an answer so far. */
  readonly readingMs: number;
}

interface Connection {
  readonly socket: Socket;
  readonly waiting: PendingRequest[];
  /** The answer that is due. */
  current?: ServerResponse | undefined;
  /** The answer to what was asked last. */
  latest?: ServerResponse;
  /** When it was first seen that there is something of the current answer to read; the client has not caught up since. */
  unreadMs?: number | undefined;
}
interface PendingRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly answering: Answering;
}

/**
 * Answers the requests of each connection one at a time: the next when the system has taken over all of the answer before.
 * Left to itself, node hands over everything that has arrived, and keeps the answers that nobody reads. A client may ask
 * ahead, and is served in order; it may give up at any time. Source: RFC 9112, 9.3.2.
 */
export class PipelinedRequests {
  private readonly connections = new Map<Socket, Connection>();
  private waiting = 0;
  private closing = false;

  constructor(
    private readonly bounds: Bounds,
    private readonly failed: (error: Error) => void,
  ) {}

  open(socket: Socket): void {
    const connection: Connection = { socket, waiting: [] };
    this.connections.set(socket, connection);
    // node calls this when the last answer is out, though what was asked may still be on its way in
    socket.destroySoon = () => linger(socket);
    // node resumes a socket whenever a body is read
    socket.on('resume', () => void (this.isFull(connection) && socket.pause()));
    socket.once('close', () => {
      this.connections.delete(socket);
      this.waiting -= connection.waiting.length;
    });
  }

  take(request: IncomingMessage, response: ServerResponse, answering: Answering): void {
    const { socket } = request;
    const connection = this.connections.get(socket);
    if (!connection || !socket.writable) return; // what still arrives when it was hung up on is handed over as well
    connection.latest = response;
    if (this.closing) response.shouldKeepAlive = false;
    const asked = { request, response, answering };
    if (!connection.current) return this.begin(connection, asked);
    connection.waiting.push(asked);
    this.waiting++;
    if (this.waiting > this.bounds.waitingMax) socket.destroy();
    else if (this.isFull(connection)) socket.pause();
  }

  /** The answer to what was asked last on this connection. */
  latest(socket: Socket): ServerResponse | undefined {
    return this.connections.get(socket)?.latest;
  }

  /** Hangs up on those who do not read what they have asked for. */
  hangUpUnread(): void {
    const nowMs = performance.now();
    for (const connection of this.connections.values()) {
      const { current } = connection;
      const isUnread = current?.headersSent && current.writableLength > 0;
      connection.unreadMs = isUnread ? (connection.unreadMs ?? nowMs) : undefined;
      if (isUnread && nowMs - connection.unreadMs! >= this.bounds.readingMs) connection.socket.destroy();
    }
  }

  /** Each connection ends with the answer to what was asked last on it. */
  close(): void {
    this.closing = true;
    for (const { socket, current, latest } of this.connections.values())
      if (!current) socket.destroy();
      else if (latest) latest.shouldKeepAlive = false;
  }

  private begin(connection: Connection, { request, response, answering }: PendingRequest): void {
    connection.current = response;
    connection.unreadMs = undefined;
    response.once('close', () => this.ended(connection));
    if (response.writableEnded) return; // refused while it waited, since the rest of it cannot be read
    const answered = async () => answering(request, response);
    answered().catch((error: unknown) => {
      this.failed(error instanceof Error ? error : new Error(String(error)));
      connection.socket.destroy();
    });
  }

  private ended(connection: Connection): void {
    const { socket, waiting } = connection;
    if (waiting.length > 0) return void setImmediate(() => this.next(connection)); // other connections have turns as well
    connection.current = undefined;
    if (this.closing) socket.destroySoon();
  }

  private next(connection: Connection): void {
    const { socket, waiting } = connection;
    if (socket.destroyed) return;
    const wasFull = this.isFull(connection);
    this.waiting--;
    this.begin(connection, waiting.shift()!);
    if (wasFull && !this.isFull(connection)) socket.resume();
  }

  private isFull({ waiting }: Connection): boolean {
    return waiting.length >= this.bounds.aheadMax;
  }
}
