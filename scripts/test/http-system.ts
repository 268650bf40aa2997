import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { embeddedSettings, settingsFrom, startEmbedded } from 'saga-kit/tools';
import { gateway } from '../../common/cli/src/gateway/gateway';
import { services } from '../src/services';

export type System = Awaited<ReturnType<typeof aSystem>>;
export interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text and bytes are sent as they are, anything else as JSON. */
  readonly body?: unknown;
}
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const title = 'The order system';

/** The whole order system in this process, on a folder and a port of its own; asked through a gateway if so wished. */
export async function aSystem({ sampleData = true, behindGateway = false } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'http-system-'));
  const env = { DATA_DIR: folder, PORT: '0', LOG_LEVEL: 'silent', SAMPLE_DATA: sampleData ? '1' : '0' };
  const settings = settingsFrom(embeddedSettings, env);
  const deaths: Error[] = [];
  const started = await startEmbedded(services, settings, (error) => void deaths.push(error), { title });
  const served = { name: 'order', urls: () => [started.url] };
  const front = behindGateway ? await gateway([served], { host: '127.0.0.1', port: 0, title }) : undefined;
  const agent = new Agent({ keepAlive: true, maxSockets: 50 });
  const { hostname, port } = new URL(front?.url ?? started.url);
  const ask = (what: Ask) => askThrough(agent, { hostname, port }, what);
  return {
    started,
    /** What would have ended the process. */
    deaths,
    ask,
    get: async (path: string) => jsonOf(await ask({ path })),
    put: (path: string, body: unknown) => ask({ method: 'PUT', path, body }),
    post: (body: unknown, headers: Readonly<Record<string, string>> = {}) =>
      ask({ method: 'POST', path: '/orders', body, headers }),
    exchange: (bytes: string | Uint8Array) => exchange({ host: hostname, port: Number(port) }, bytes),
    close: async () => {
      agent.destroy();
      await front?.close();
      await started.stop();
      await rm(folder, { recursive: true });
    },
  };
}

export const jsonOf = ({ text }: Answer): any => JSON.parse(text);

function askThrough(agent: Agent, server: { hostname: string; port: string }, what: Ask): Promise<Answer> {
  const { method = 'GET', path, body, headers } = what;
  const asIs = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
  const bytes = asIs ? body : JSON.stringify(body);
  const type =
    bytes === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(bytes) };
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...server, agent, method, path, headers: { ...type, ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
      response.on('error', reject);
    });
    outgoing.on('error', (error) => reject(new Error(`${method} ${path} was not answered`, { cause: error })));
    outgoing.end(bytes);
  });
}

/** Sends these bytes and no more; resolves with every answer that came back, when the system has hung up. */
function exchange(server: { host: string; port: number }, bytes: string | Uint8Array): Promise<Answer[]> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ ...server, allowHalfOpen: true }, () => socket.end(bytes));
    socket.setEncoding('latin1').on('data', (piece: string) => (text += piece));
    socket.on('end', () => socket.destroy());
    socket.on('error', () => {}); // a system that does not even hang up has not answered either
    socket.on('close', () => resolve(answersIn(text)));
  });
}

function answersIn(text: string): Answer[] {
  const [, status, lines] = /^HTTP\/1\.1 (\d{3}) [^\r]*\r\n((?:[^\r]+\r\n)*)\r\n/.exec(text) ?? [];
  if (status === undefined || lines === undefined) return [];
  const headers = Object.fromEntries(
    lines.split('\r\n').flatMap((line) => {
      const [name, ...value] = line.split(': ');
      return value.length > 0 ? [[name!.toLowerCase(), value.join(': ')]] : [];
    }),
  );
  const begin = text.indexOf('\r\n\r\n') + 4;
  const end = begin + Number(headers['content-length'] ?? 0);
  const body = Buffer.from(text.slice(begin, end), 'latin1').toString();
  return [{ status: Number(status), headers, text: body }, ...answersIn(text.slice(end))];
}

const patienceMs = 20_000;
const pollMs = 10;

/** Resolves with what `look` finds as soon as it finds something. */
export async function found<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (const until = Date.now() + patienceMs; Date.now() < until; await setTimeout(pollMs)) {
    const it = await look();
    if (it !== undefined) return it;
  }
  throw new Error(`was not found within ${patienceMs} ms`);
}

/** The order, once it has ended. */
export const ended = (system: System, orderId: string): Promise<any> =>
  found(async () => {
    const order = await system.get(`/orders/${orderId}`);
    return order.status === 'PENDING' ? undefined : order;
  });

/** Throws, saying what is wrong, unless the answer is a problem document as RFC 9457 has it. */
export function checkProblem({ status, headers, text }: Answer): {
  readonly errors?: readonly { readonly path: string }[];
} {
  if (headers['content-type'] !== 'application/problem+json')
    throw new Error(`${status} is answered as ${headers['content-type']}: ${text}`);
  const document = JSON.parse(text);
  const { type, title, detail, errors = [] } = document;
  const isRight =
    document.status === status &&
    [type, title, detail].every((each) => typeof each === 'string' && each !== '') &&
    errors.every(({ path, message }: any) => typeof path === 'string' && typeof message === 'string');
  if (!isRight) throw new Error(`this is not a problem document of a ${status}: ${text}`);
  return document;
}
