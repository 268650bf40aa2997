import { createServer } from 'node:net';

// Below the range from which systems give ports to outgoing connections: while a component is stopped, nobody gets its port,
// and a client that keeps trying to reach it does not end up connected to itself.
const first = 20_000;
const count = 10_000;
const tries = 100;

/** The ports that were used last, if they are all free, so that addresses stay; else free ones. */
export async function portsFor(needed: number, last: readonly number[] = [], taken: Set<number>): Promise<number[]> {
  const claim = async (port: number) => {
    if (taken.has(port)) return false;
    taken.add(port);
    return isFree(port);
  };
  const again = await Promise.all(last.map(claim));
  if (last.length === needed && again.every(Boolean)) return [...last];
  const found: number[] = [];
  for (let tried = 0; found.length < needed; tried++) {
    if (tried === tries) throw new Error(`no free port found between ${first} and ${first + count}`);
    const port = first + Math.floor(Math.random() * count);
    if (await claim(port)) found.push(port);
  }
  return found;
}

export function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
