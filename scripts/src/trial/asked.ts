import { setTimeout } from 'node:timers/promises';

const giveUpMs = 120_000;
const answerMs = 30_000;
const pauseMs = 50;

/** A call, and which statuses may answer it. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly wanted: readonly number[];
  /** What a fault calls it, when not by its method and path. */
  readonly what?: string;
}

/** The JSON that answers a call, which is made again while nobody answers it or 503 does. Rejects for a status that is not wanted. */
export async function asked(url: () => string, call: Call): Promise<{ readonly status: number; readonly body: any }> {
  const { what = `${call.method} ${call.path}` } = call;
  for (const until = performance.now() + giveUpMs; performance.now() < until; await setTimeout(pauseMs)) {
    const answer = await ask(url(), call).catch(() => undefined);
    if (answer && call.wanted.includes(answer.status)) return answer;
    if (answer && answer.status !== 503)
      throw new Error(`${what} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }
  throw new Error(`${what} was not answered within ${giveUpMs} ms`);
}

async function ask(url: string, { method, path, body, headers }: Call) {
  const content = body !== undefined && { body: JSON.stringify(body) };
  const response = await fetch(`${url}${path}`, {
    method,
    signal: AbortSignal.timeout(answerMs),
    headers: { ...headers, ...(content && { 'Content-Type': 'application/json' }) },
    ...content,
  });
  const answered: unknown = await response.json();
  return { status: response.status, body: answered };
}
