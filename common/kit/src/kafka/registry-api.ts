import { z } from 'zod';
import { RegistryUnavailable } from '../codec';

/** What a registry has answered: done, nothing there, in conflict with what is there, or not a schema. */
export type Answer =
  { readonly status: 200; readonly body: unknown } | { readonly status: 404 | 409 | 422; readonly message: string };

export type Ask = (method: 'GET' | 'POST' | 'PUT', path: string, body?: object) => Promise<Answer>;

/**
 * Asks a registry that speaks Confluent's API. Each question ends within `deadlineMs`; without a proper answer it rejects
 * with `RegistryUnavailable`, which names the address without its password.
 *
 * This is fetch and not @kafkajs/confluent-schema-registry, since that knows no deadline and no bound, takes a redirect
 * for an answer, tells "no such schema" from "no such address" only by a text, and checks the level of a subject with
 * each registration. That it reads what is written here, a test makes sure.
 */
export function registryApi(url: string, deadlineMs: number): Ask {
  const { base, authorization } = addressOf(url);
  const headers = { Accept: mediaType, 'Content-Type': mediaType, ...authorization };
  return async (method, path, body) => {
    const unavailable = (reason: string, cause?: unknown) =>
      new RegistryUnavailable(`the schema registry at ${base} ${reason} (${method} ${path})`, { cause });
    const signal = AbortSignal.timeout(deadlineMs);
    try {
      // A redirect is not followed: it may lead to where the password must not go.
      const init = { method, headers, signal, redirect: 'manual' as const };
      const response = await fetch(`${base}${path}`, { ...init, ...(body && { body: JSON.stringify(body) }) });
      const text = await textOf(response);
      return (
        answerOf(response.status, text) ?? Promise.reject(unavailable(`answers ${response.status}${hint(response)}`))
      );
    } catch (error) {
      if (signal.aborted) throw unavailable(`has not answered within ${deadlineMs} ms`);
      throw unavailable(`cannot be understood or reached: ${reasonOf(error)}`, error);
    }
  };
}

const mediaType = 'application/vnd.schemaregistry.v1+json';
const answerBytesMax = 8 * 1024 * 1024;

/** fetch takes no user in an address, and neither should an error message. */
function addressOf(url: string): { base: string; authorization: { Authorization?: string } } {
  const { origin, pathname, username, password } = new URL(url);
  const base = `${origin}${pathname.replace(/\/+$/, '')}`;
  if (username === '') return { base, authorization: {} };
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { base, authorization: { Authorization: `Basic ${Buffer.from(user).toString('base64')}` } };
}

async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > answerBytesMax) throw new Error(`an answer of more than ${answerBytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function answerOf(status: number, text: string): Answer | undefined {
  if (status >= 200 && status < 300) return { status: 200, body: JSON.parse(text) };
  const { error_code: code, message } = faultOf(text);
  // A 404 without a code of its own is somebody else's: the address is wrong, or a proxy has lost the registry.
  if (status === 404 && Math.floor(code / 100) === 404) return { status, message };
  return status === 409 || status === 422 ? { status, message } : undefined;
}

const fault = z.object({ error_code: z.number().catch(0), message: z.string().catch('') });

function faultOf(text: string): z.output<typeof fault> {
  try {
    const { error_code, message } = fault.parse(JSON.parse(text));
    return { error_code, message: message.slice(0, 2_000) };
  } catch {
    return { error_code: 0, message: '' }; // a proxy may answer in words
  }
}

function hint({ status }: Response): string {
  if (status === 401 || status === 403) return ': look at the user and the password in SCHEMA_REGISTRY_URL';
  if (status < 500 && status !== 429) return ': is SCHEMA_REGISTRY_URL the address of its Confluent API?';
  return '';
}

/** fetch says no more than "fetch failed"; what it met is the cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as { message: string; cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
}
