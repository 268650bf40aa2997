import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Transform, type TransformCallback } from 'node:stream';

/** Stands between clients and a server, and can do what a network does that loses, delays or forgets its connections. */
export class Proxy {
  /** The port of the server. */
  to = 0;
  /** How much later than it was sent everything comes out. */
  delayMs = 0;
  readonly port: number;
  private readonly joined = new Set<readonly Socket[]>();
  private half: readonly (readonly Socket[])[] = [];
  private takes: 'all' | 'nobody' | 'in silence' = 'all';

  private constructor(private readonly server: Server) {
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (client) => this.join(client));
  }

  static async open(): Promise<Proxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Proxy(server);
  }

  /** Nothing gets through any more on the connections there are, and nobody is told; new ones work. Says how many they are. */
  halfOpen(): number {
    this.half = [...this.joined];
    for (const socket of this.half.flat()) socket.unpipe().pause();
    return this.half.length;
  }

  /** The same, and new ones are taken and never answered. */
  silence(): void {
    this.halfOpen();
    this.takes = 'in silence';
  }

  /** Ends all connections, and new ones at once. */
  cut(): void {
    this.takes = 'nobody';
    for (const sockets of this.joined) this.end(sockets);
  }

  /** Ends those that are half open at last, and lets everything through at once. */
  drop(): void {
    for (const sockets of this.half) this.end(sockets);
    this.half = [];
    this.takes = 'all';
    this.delayMs = 0;
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    for (const sockets of this.joined) this.end(sockets);
    await closed;
  }

  private join(client: Socket): void {
    client.on('error', () => {}); // as is to be expected
    if (this.takes === 'nobody') return void client.destroy();
    const server = this.takes === 'all' ? connect(this.to, '127.0.0.1') : undefined;
    const sockets = server ? [client, server] : [client];
    this.joined.add(sockets);
    if (!server) this.half = [...this.half, sockets];
    for (const socket of sockets)
      socket.on('error', () => {}).on('close', () => this.half.includes(sockets) || this.end(sockets));
    const later = () => new Later(() => this.delayMs);
    if (server) client.setNoDelay().pipe(later()).pipe(server.setNoDelay()).pipe(later()).pipe(client);
  }

  private end(sockets: readonly Socket[]): void {
    for (const socket of sockets) socket.destroy();
    this.joined.delete(sockets);
  }
}

/** Everything comes out in order, each piece so much later than it went in. */
class Later extends Transform {
  private readonly waiting: Buffer[] = [];
  private untilMs = 0;
  private ended: TransformCallback | undefined;

  constructor(private readonly delayMs: () => number) {
    super();
  }

  override _transform(piece: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const nowMs = performance.now();
    this.untilMs = Math.max(this.untilMs, nowMs + this.delayMs());
    if (this.waiting.length === 0 && this.untilMs <= nowMs) return done(null, piece);
    this.waiting.push(piece);
    setTimeout(() => this.next(), this.untilMs - nowMs);
    done();
  }

  override _flush(done: TransformCallback): void {
    if (this.waiting.length === 0) done();
    else this.ended = done;
  }

  private next(): void {
    if (this.destroyed) return;
    this.push(this.waiting.shift());
    if (this.waiting.length === 0) this.ended?.();
  }
}
