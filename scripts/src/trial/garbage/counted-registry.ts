import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Passage } from '@saga-kit/cli/internal/gateway/passage';

/** Stands between services and a registry, and counts what they ask for. */
export interface CountedRegistry {
  readonly url: string;
  /** Requests so far. */
  readonly count: () => number;
  readonly close: () => Promise<void>;
}

/** `url`: of the registry itself. */
export async function countedRegistry(url: string): Promise<CountedRegistry> {
  let requests = 0;
  const { origin, pathname } = new URL(url);
  const passage = new Passage();
  const server = createServer((asked, answer) => {
    requests++;
    void passage.pass(asked, answer, [origin]);
  }).listen(0, '127.0.0.1');
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
      passage.close();
    },
  };
}
