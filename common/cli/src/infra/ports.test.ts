import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { portsFor } from './ports';

const open: Server[] = [];
afterEach(() => open.splice(0).forEach((server) => server.close()));
async function occupy(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  open.push(server);
  await once(server, 'listening');
}

test('ports stay the same from start to start', async () => {
  const ports = await portsFor(2, [], new Set());
  expect(new Set(ports).size).toBe(2);
  expect(await portsFor(2, ports, new Set())).toEqual(ports);
});

test('when one of the last ports is taken, others are found', async () => {
  const last = await portsFor(2, [], new Set());
  await occupy(last[1]!);
  const ports = await portsFor(2, last, new Set());
  expect(ports).toHaveLength(2);
  expect(ports).not.toContain(last[1]);
});

test('a port that somebody else has chosen in this start is not chosen again', async () => {
  const taken = new Set<number>();
  const ports = await portsFor(1, [], taken);
  expect(await portsFor(1, ports, taken)).not.toEqual(ports);
});

test('no port is one that the system gives to outgoing connections', async () => {
  for (const port of await portsFor(50, [], new Set())) {
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(32_768);
  }
});
