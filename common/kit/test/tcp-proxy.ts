import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  frozen: boolean;
}

/** Stands between clients and a server, and does what networks do. */
export class TcpProxy {
  readonly port: number;
  private readonly pairs = new Set<Pair>();
  private asked: (bytes: Buffer, pair: Pair) => void = () => {};

  private constructor(
    private readonly listening: Server,
    private readonly to: { readonly host: string; readonly port: number },
  ) {
    this.port = (listening.address() as AddressInfo).port;
    listening.on('connection', (client) => this.join(client));
  }

  static async open(to: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
    const listening = createServer();
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    return new TcpProxy(listening, to);
  }

  get connections(): number {
    return this.pairs.size;
  }

  /** Ends every connection there is. */
  cut(): void {
    for (const pair of this.pairs) sever(pair);
  }

  /** Lets nothing through, in neither direction, on the connections there are. */
  freeze(): void {
    for (const pair of this.pairs) {
      pair.frozen = true;
      for (const socket of [pair.client, pair.server]) socket.pause();
    }
  }

  /** Lets through what was said meanwhile. */
  thaw(): void {
    for (const pair of this.pairs) {
      pair.frozen = false;
      for (const socket of [pair.client, pair.server]) socket.resume();
      if (pair.client.destroyed || pair.server.destroyed) sever(pair);
    }
  }

  /** Forwards the next thing that a client says with this in it, and nothing that the server answers to it or later. */
  loseAnswerTo(text: string): void {
    this.asked = (bytes, { server }) => {
      if (!bytes.includes(text)) return;
      this.asked = () => {};
      server.pause();
    };
  }

  /** Ends a connection on which clients have said so much, all in all, or more. */
  cutAfterSayings(count: number): void {
    let left = count;
    this.asked = (_bytes, pair) => {
      if (--left < 0) sever(pair);
    };
  }

  /** Takes no new connection, and ends those there are. */
  async close(): Promise<void> {
    if (!this.listening.listening) return;
    const closed = new Promise<void>((resolve) => void this.listening.close(() => resolve()));
    this.cut();
    await closed;
  }

  private join(client: Socket): void {
    const pair: Pair = { client, server: connect(this.to), frozen: false };
    this.pairs.add(pair);
    client.on('data', (bytes: Buffer) => {
      pair.server.write(bytes);
      this.asked(bytes, pair);
    });
    pair.server.on('data', (bytes: Buffer) => client.write(bytes));
    for (const socket of [client, pair.server]) {
      socket.on('error', () => {}); // as is to be expected
      socket.on('close', () => {
        if (!pair.frozen) sever(pair);
        if (client.destroyed && pair.server.destroyed) this.pairs.delete(pair);
      });
    }
  }
}

function sever({ client, server }: Pair): void {
  for (const socket of [client, server]) socket.destroy();
}
