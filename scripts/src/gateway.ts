import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { problem, refuse, type Problem } from 'saga-kit/http';

/** A service, and where its instances are. */
export interface Served {
  readonly name: string;
  readonly urls: () => readonly string[];
}

export interface Gateway {
  readonly url: string;
  close(): Promise<void>;
}

/** One address for all services: what each of them serves is known by the first part of its paths. */
export async function gateway(services: readonly Served[], at: { host: string; port: number }): Promise<Gateway> {
  const agent = new Agent({ keepAlive: true });
  const owners = await ownersOf(services);
  let turn = 0;
  const server = createServer((asked, answer) => {
    const first = /^\/([^/?]*)/.exec(asked.url ?? '')?.[1] ?? ''; // not by `URL`, which throws at what anybody may send
    const urls = owners.get(first)?.urls();
    if (first === 'health') void ready(services, answer);
    else if (!urls) refuse(answer, problem(404, 'no service has a path that begins like this'));
    else if (urls.length === 0) refuse(answer, absent('no instance of the service is there'));
    else passOn(asked, answer, urls[turn++ % urls.length]!, agent);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : at.port;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
      agent.destroy();
    });
  return { url: `http://${at.host}:${port}`, close };
}

/** By the first part of a path, as each service describes itself. */
async function ownersOf(services: readonly Served[]): Promise<Map<string, Served>> {
  const owners = new Map<string, Served>();
  for (const service of services) {
    const description = await fetch(`${service.urls()[0]}/openapi.json`);
    const { paths } = (await description.json()) as { paths: Record<string, unknown> };
    for (const path of Object.keys(paths)) owners.set(path.split('/')[1]!, service);
  }
  for (const own of ['health', 'metrics', 'openapi.json']) owners.delete(own); // each process has its own
  return owners;
}

function passOn(asked: IncomingMessage, answer: ServerResponse, url: string, agent: Agent): void {
  const { method, headers } = asked;
  const onward = request(url, { method: method!, path: asked.url!, headers, agent }, (answered) => {
    answer.writeHead(answered.statusCode ?? 502, answered.headers);
    pipeline(answered, answer, () => {}); // one that breaks off breaks off for who has asked
  });
  onward.on('error', () => {
    if (answer.headersSent) answer.destroy();
    else refuse(answer, absent('the instance does not answer; ask again'));
  });
  answer.once('close', () => onward.destroy()); // who has asked may be gone
  asked.pipe(onward);
}

async function ready(services: readonly Served[], answer: ServerResponse): Promise<void> {
  const each = await Promise.all(
    services.map(async ({ name, urls }) => {
      const found = await Promise.allSettled(urls().map((url) => fetch(`${url}/health/ready`)));
      return [name, found.some((one) => one.status === 'fulfilled' && one.value.ok)] as const;
    }),
  );
  const up = each.every(([, isReady]) => isReady);
  answer.writeHead(up ? 200 : 503, { 'Content-Type': 'application/json' });
  answer.end(JSON.stringify({ status: up ? 'up' : 'down', services: Object.fromEntries(each) }));
}

const absent = (detail: string): Problem => problem(503, detail, { headers: { 'Retry-After': '1' } });
