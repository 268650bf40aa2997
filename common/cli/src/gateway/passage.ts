import { Agent, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { createProxyServer } from 'httpxy';
import { problem } from 'saga-kit/http';
import { refuse } from 'saga-kit/tools';

/** For an instance to be connected to, and how long it may be silent then. */
const timedOutAfterMs = 30_000;
/** The latter, in the middle of an answer, when the client has hung up on its side. */
const hungUpMs = 1_000;

/** Passes requests on to the instances of a service, and their answers back. */
export class Passage {
  // Idle connections are let go of before the other side does it, after 65 seconds.
  private readonly agent = new Agent({ keepAlive: true, timeout: timedOutAfterMs });
  private readonly secureAgent = new SecureAgent({ keepAlive: true, timeout: timedOutAfterMs });
  private readonly proxy = createProxyServer({
    proxyTimeout: timedOutAfterMs,
    selfHandleResponse: true, // the library passes on all headers of an answer, and throws where nobody catches
  });
  private turn = 0;
  /** Those without an end, which end when this closes. */
  private readonly streams = new Set<() => void>();

  /** `changeOrigin`: who is asked is told his own name as the host, as a proxy far away needs it. */
  constructor(private readonly options: { readonly changeOrigin?: boolean } = {}) {
    this.proxy.on('proxyRes', (answered, asked, answer) => {
      if (/^text\/event-stream\b/.test(answered.headers['content-type'] ?? '')) this.note(answered, answer);
      handOver(answered, asked, answer);
    });
    this.proxy.on('proxyReq', (onward) =>
      onward.once('upgrade', (_answered, socket) => {
        socket.destroy();
        onward.emit('error', new Error('it speaks another protocol, and was not asked to'));
      }),
    );
  }

  /**
   * The instances take turns. One that does not answer is stood in for by the others, where asking again does no harm;
   * when there is none the client is told so. Resolves when the answer is out, or the client gone.
   */
  async pass(asked: IncomingMessage, answer: ServerResponse, urls: readonly string[]): Promise<void> {
    const first = this.turn++ % (urls.length || 1);
    const inTurn = [...urls.slice(first), ...urls.slice(0, first)].slice(0, mayBeAskedAgain(asked) ? undefined : 1);
    prepare(asked);
    for (const target of inTurn) {
      const agent = target.startsWith('https:') ? this.secureAgent : this.agent;
      const failed = await this.proxy.web(asked, answer, { ...this.options, target, agent }).then(
        () => false,
        () => true,
      );
      if (!failed || answer.headersSent || answer.destroyed) return;
    }
    asked.resume(); // its rest is read and dropped, so that the client comes to read this
    refuse(answer, absent);
  }

  /** Ends the answers that would have no end. */
  endStreams(): void {
    for (const end of this.streams) end();
  }

  private note(answered: IncomingMessage, answer: ServerResponse): void {
    const end = () => {
      answered.unpipe(answer);
      answer.end();
      answered.destroy();
    };
    this.streams.add(end);
    answer.once('close', () => this.streams.delete(end));
  }

  close(): void {
    this.agent.destroy();
    this.secureAgent.destroy();
  }
}

const absent = problem(503, 'no instance of the service answers; ask again', { headers: { 'Retry-After': '1' } });

const mayBeAskedAgain = ({ method, headers }: IncomingMessage): boolean =>
  (method === 'GET' || method === 'HEAD') &&
  headers['transfer-encoding'] === undefined &&
  (headers['content-length'] ?? '0') === '0';

function handOver(answered: IncomingMessage, { socket }: IncomingMessage, answer: ServerResponse): void {
  const { statusCode = 0, rawHeaders, headers } = answered;
  const isForOneHop = oneHop(headers);
  const isPassedOn = (name: string) => !isForOneHop(name) && name !== 'transfer-encoding'; // node does that anew
  try {
    answer.writeHead(
      statusCode,
      rawHeaders.filter((_, index) => isPassedOn(rawHeaders[index - (index % 2)]!.toLowerCase())),
    );
    answered.pipe(answer);
    // Who has hung up may still be reading, or be gone: that is not known before something is written again.
    const hungUp = () => answered.setTimeout(hungUpMs);
    if (socket.readableEnded) hungUp();
    else socket.once('end', hungUp);
    answer.once('close', () => socket.off('end', hungUp));
  } catch {
    answered.destroy(); // there is no such status
    refuse(answer, absent);
  }
}

function prepare({ headers, socket, httpVersion }: IncomingMessage): void {
  const isForOneHop = oneHop(headers);
  for (const name of Object.keys(headers)) if (isForOneHop(name) && !isForAll(name)) delete headers[name];
  delete headers.expect; // whoever waited for 100 has it
  const appended = (name: string, value = '') => [headers[name] ?? [], value].flat().join(', ');
  headers['x-forwarded-for'] = appended('x-forwarded-for', socket.remoteAddress);
  headers.via = appended('via', `${httpVersion} saga-kit`);
  headers['x-forwarded-proto'] ??= 'http'; // a proxy in front of this one knows better
  if (headers.host !== undefined) headers['x-forwarded-host'] ??= headers.host;
}

/** Where a request ends, without which its body would be taken for the next one; and by what the service judges who asks. */
const isForAll = (name: string): boolean =>
  ['content-length', 'transfer-encoding', 'host', 'origin', 'forwarded'].includes(name) ||
  /^(x-forwarded|sec-fetch)-/.test(name);
const always = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'upgrade',
];

/** Whether a header is meant for one connection only. Source: RFC 9110, 7.6.1. */
function oneHop({ connection = '' }: IncomingHttpHeaders): (name: string) => boolean {
  const names = new Set([...always, ...connection.split(',').map((name) => name.trim().toLowerCase())]);
  return (name) => names.has(name);
}
