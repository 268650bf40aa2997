import { bearerToken } from 'saga-kit/tools';
import { z } from 'zod';
import { Misconfigured, Usage } from '../command/command';
import type { Terminal } from '../command/terminal';

const askMs = 10_000;
const readiness = '/health/ready';

/** Nobody answers, or cannot now. */
class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** Asks the services for what operators may know and do. Rejects with what they refuse in their own words. */
export type Ask = (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<unknown>;

const Problem = z.object({
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

/** What was typed as `--url`. */
export function addressOf(url: string): string {
  if (!/^https?:/.test(url) || !URL.canParse(url)) throw new Usage('--url is an address such as http://localhost:3000');
  return url.replace(/\/+$/, '');
}

/** What every command takes that asks. */
export const askOptions = {
  url: { type: 'string', default: 'http://localhost:3000' },
  json: { type: 'boolean', default: false },
} as const;

/** Which errors mean that nobody answers. */
export const isUnreachable = (error: Error): boolean => error instanceof Unreachable;

/** Who asks at `--url`, with ADMIN_TOKEN as a bearer where it is set. */
export function askerAt(url: string, { env: { ADMIN_TOKEN: token } }: Terminal): Ask {
  if (token !== undefined && !bearerToken.test(token))
    throw new Misconfigured(
      'ADMIN_TOKEN has to have only letters, digits and signs of ASCII, and no blank at its ends',
    );
  return asker(addressOf(url), token);
}

/** What was typed is not what the route takes. */
const wronglyAsked: readonly number[] = [400, 422];

const asker =
  (url: string, token: string | undefined): Ask =>
  async (method, path, body) => {
    const headers = {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    };
    const signal = AbortSignal.timeout(askMs);
    const sent = { method, headers, signal, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const answer = await fetch(url + path, sent).catch((error: Error) => {
      throw new Unreachable(`nobody answers at ${url} (${causeOf(error)}): start the services, or name another --url`);
    });
    const tellsHealth = path === readiness && answer.status === 503; // whoever is on call asks when something is not well
    if (answer.status === 503 && !tellsHealth) throw new Unreachable(`${url} cannot answer now: ask again`);
    const text = await answer.text();
    if (answer.ok || tellsHealth) return JSON.parse(text);
    const said = Problem.safeParse(text.startsWith('{') ? JSON.parse(text) : undefined).data;
    const faults = said?.errors?.map((fault) => `${fault.path} ${fault.message}`).join('; ');
    const Fault = said && wronglyAsked.includes(answer.status) ? Usage : Error;
    throw new Fault(
      said
        ? [said.detail, faults].filter(Boolean).join(': ')
        : `${url} answers ${answer.status}: is it saga-kit that runs there?`,
    );
  };
const causeOf = ({ message, cause }: Error): string => (cause instanceof Error ? cause.message : message);

const Ready = z.object({ services: z.record(z.string(), z.unknown()) });

/** The names of the services that run there, well or not. */
export const servicesAt = async (ask: Ask): Promise<readonly string[]> =>
  Object.keys(Ready.parse(await ask('GET', readiness)).services);
