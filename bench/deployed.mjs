// The order system as it is deployed: a process for each service, all of them behind a gateway, and orders placed over HTTP.
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Ends } from './observer.mjs';
import { dropDatabases, makeTopics } from './on-kafka.mjs';
import { newOrders } from './orders.mjs';
import { program } from './program.mjs';

const load = createRequire(import.meta.url);
const prefix = 'bench_deployed_';
const connectionsMax = 256;

async function open({ addresses, folder }) {
  const { Child } = load('@saga-kit/cli/internal/command/child');
  const { sagaKit } = load('../scripts/dist/root.js');
  const { services } = load('../scripts/dist/services.js');
  const databases = services.map(({ name }) => `${prefix}${name}`);
  await dropDatabases(addresses, databases);
  const topics = await makeTopics(addresses, services);
  const ends = new Ends();
  const observed = await listen(join(folder, 'observed.sock'), ends);
  const observer = fileURLToPath(new URL('observed.mjs', import.meta.url));
  const env = {
    ...addresses,
    ...{ PROFILE: 'kafka', PORT: '0', HOST: '127.0.0.1', SAMPLE_DATA: '1', LOG_LEVEL: 'error' },
    MYSQL_DATABASE_PREFIX: prefix,
    BENCH_SOCKET: observed.path,
    NODE_OPTIONS: `--import=${observer}`,
  };
  const system = new Child({ file: sagaKit.file, args: sagaKit.args('start'), env });
  await system.start();
  const [post, nextOrder] = [poster(system.url), newOrders()];
  return {
    facts: { topics, databases, prefix, pid: system.pid },
    place: async () => {
      const { status, body } = await post(nextOrder());
      if (status !== 201) throw new Error(`POST /orders was answered ${status}: ${JSON.stringify(body)}`);
      return ends.of(body.orderId);
    },
    ask: async () => {
      const { status, retryAfter, body } = await post(nextOrder());
      return status === 201 ? { orderId: body.orderId } : { status, retryAfter };
    },
    roundTrips: () => observed.roundTrips(),
    close: async () => {
      await system.stop();
      observed.close();
    },
  };
}

/** Places orders on connections that stay open; resolves with what was answered. */
function poster(url) {
  const agent = new Agent({ keepAlive: true, maxSockets: connectionsMax });
  const headers = { 'Content-Type': 'application/json' };
  return (order) =>
    new Promise((resolve, reject) => {
      const asking = request(`${url}/orders`, { method: 'POST', agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part) => (text += part));
        response.on('end', () => {
          const { statusCode: status, headers } = response;
          resolve({ status, retryAfter: headers['retry-after'], body: JSON.parse(text) });
        });
        response.on('error', reject);
      });
      asking.on('error', reject);
      asking.end(JSON.stringify(order));
    });
}

/** Hears what the processes of the system tell. */
async function listen(path, ends) {
  const sockets = new Map();
  const server = createServer((socket) => {
    sockets.set(socket, {});
    socket.on('error', () => {}); // it has ended
    createInterface({ input: socket }).on('line', (line) => {
      const { ended, roundTrips } = JSON.parse(line);
      if (ended) ends.ended(ended);
      else sockets.get(socket).answer?.(roundTrips);
    });
    socket.on('close', () => {
      sockets.get(socket).answer?.(0);
      sockets.delete(socket);
    });
  });
  server.listen(path);
  await once(server, 'listening');
  const ask = ([socket, state]) =>
    new Promise((resolve) => {
      state.answer = resolve;
      socket.write('\n');
    });
  return {
    path,
    roundTrips: async () => (await Promise.all([...sockets].map(ask))).reduce((sum, each) => sum + each, 0),
    close: () => server.close(),
  };
}

program({
  name: 'deployed',
  what: 'a process for each service behind a gateway, over HTTP',
  needs: ['kafka', 'registry', 'mysql'],
  open,
});
