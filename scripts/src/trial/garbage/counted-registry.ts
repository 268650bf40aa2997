import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';

/** Stands between services and a registry, and counts what they ask for. */
export interface CountedRegistry {
  readonly url: string;
  /** Requests so far. */
  readonly count: () => number;
  readonly close: () => Promise<void>;
}

const answerMs = 10_000;
const contentType = 'application/vnd.schemaregistry.v1+json';

/** `url`: of the registry itself. Bodies are small here: they are read whole. */
export async function countedRegistry(url: string): Promise<CountedRegistry> {
  let requests = 0;
  const { origin, pathname } = new URL(url);
  const server = createServer((asked, answer) => void pass(asked, answer)).listen(0, '127.0.0.1');
  const pass = async (asked: IncomingMessage, answer: ServerResponse) => {
    requests++;
    const body = Buffer.concat(await asked.toArray());
    const { method = 'GET' } = asked;
    try {
      const given = await fetch(`${origin}${asked.url}`, {
        method,
        headers: { 'Content-Type': contentType, Accept: contentType },
        ...(body.length > 0 && { body }),
        signal: AbortSignal.timeout(answerMs),
      });
      answer.writeHead(given.status, { 'Content-Type': contentType }).end(Buffer.from(await given.arrayBuffer()));
    } catch {
      answer.destroy(); // as a registry that cannot be reached
    }
  };
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${pathname}`,
    count: () => requests,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
