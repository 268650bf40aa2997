import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/** Stands between a client and a server, and does what networks do. */
export class TcpProxy {
  private readonly pairs = new Set<Pair>();
  private asked: (bytes: Buffer, pair: Pair) => void = ({}, {}) => {};

  private constructor(
    private readonly listening: Server,
    private readonly to: { readonly host: string; readonly port: number },
  ) {
    listening.on('connection', (client) => this.join(client));
  }

  static async open(to: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
    const listening = createServer();
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    return new TcpProxy(listening, to);
  }

  get port(): number {
    return (this.listening.address() as AddressInfo).port;
  }

  /** Ends every connection there is. */
  cut(): void {
    for (const pair of this.pairs) sever(pair);
  }

  /** Lets nothing through, in neither direction, on the connections there are. */
  freeze(): void {
    for (const pair of this.pairs) still(pair.client, pair.server);
  }

  /** Lets through what was said meanwhile. */
  thaw(): void {
    for (const { client, server } of this.pairs) for (const socket of [client, server]) socket.resume();
  }

  /** Forwards what a client says that has this in it, and nothing that the server answers to it, nor anything after. */
  loseAnswerTo(text: string): Promise<void> {
    return this.once(text, ({ server }) => void server.pause());
  }

  /** Ends the connection on which this is said; the server still hears it. */
  cutAfter(text: string): Promise<void> {
    return this.once(text, ({ client }) => void client.destroy());
  }

  /** Ends all connections when so much has been said by clients, and from then on at once. */
  cutAfterSayings(count: number): void {
    let left = count;
    this.asked = ({}, pair) => {
      if (--left < 0) sever(pair);
    };
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.listening.close(() => resolve()));
    this.cut();
    await closed;
  }

  private once(text: string, then: (pair: Pair) => void): Promise<void> {
    return new Promise((resolve) => {
      this.asked = (bytes, pair) => {
        if (!bytes.includes(text)) return;
        this.asked = () => {};
        then(pair);
        resolve();
      };
    });
  }

  private join(client: Socket): void {
    const pair = { client, server: connect(this.to) };
    this.pairs.add(pair);
    const { server } = pair;
    client.on('data', (bytes: Buffer) => {
      server.write(bytes);
      this.asked(bytes, pair);
    });
    server.on('data', (bytes: Buffer) => client.write(bytes));
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => {}); // as is to be expected
      one.on('end', () => other.end());
      one.on('close', () => {
        this.pairs.delete(pair);
        other.end();
      });
    }
  }
}

const still = (...sockets: readonly Socket[]): void => sockets.forEach((socket) => void socket.pause());
const sever = ({ client, server }: Pair): void => [client, server].forEach((socket) => void socket.destroy());
