import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Stands between clients and a broker, and can do what a network does that forgets its connections. */
export class Proxy {
  /** The port of the broker. */
  to = 0;
  readonly port: number;
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private half: readonly (readonly [Socket, Socket])[] = [];

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
    this.half = [...this.pairs];
    for (const socket of this.half.flat()) socket.unpipe().pause();
    return this.half.length;
  }

  /** Ends those at last. */
  drop(): void {
    for (const pair of this.half) this.end(pair);
    this.half = [];
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    for (const pair of this.pairs) this.end(pair);
    await closed;
  }

  private join(client: Socket): void {
    const server = connect(this.to, '127.0.0.1');
    const pair = [client, server] as const;
    this.pairs.add(pair);
    client.setNoDelay().pipe(server.setNoDelay()).pipe(client);
    for (const socket of pair) {
      socket.on('error', () => {}); // as is to be expected
      socket.on('close', () => this.half.includes(pair) || this.end(pair));
    }
  }

  private end(pair: readonly [Socket, Socket]): void {
    for (const socket of pair) socket.destroy();
    this.pairs.delete(pair);
  }
}
