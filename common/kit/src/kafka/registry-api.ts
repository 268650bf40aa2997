import api, {
  type SchemaRegistryAPIClient,
  type SchemaRegistryAPIClientArgs,
} from '@kafkajs/confluent-schema-registry/dist/api';
import { z } from 'zod';
import { RegistryUnavailable } from '../codec';
import { registryAgent } from './registry-agent';
import { within } from './within';

/** What a registry has answered: done, nothing there, in conflict with what is there, or not a schema. */
export type Answer =
  { readonly status: 200; readonly body: unknown } | { readonly status: 404 | 409 | 422; readonly message: string };

/** A method of the library's client, and the parameters of its path, its query and its body. */
export type Ask = (question: keyof Methods, about: About) => Promise<Answer>;

interface About {
  readonly subject?: string;
  readonly id?: number;
  readonly version?: number;
  readonly verbose?: true;
  readonly body?: object;
}
type Methods = SchemaRegistryAPIClient['Schema'] & SchemaRegistryAPIClient['Subject'];

/**
 * Asks a registry that speaks Confluent's API. Each question ends within `deadlineMs`; without a proper answer it rejects
 * with `RegistryUnavailable`, which names the address without its password.
 *
 * This is the client within @kafkajs/confluent-schema-registry and not its class `SchemaRegistry`: that one has no
 * deadline, sets the level of a subject after its first schema and refuses any other level with the next, gives no schema
 * as it was registered, and makes a resolver anew for each message.
 */
export function registryApi(url: string, deadlineMs: number): Ask {
  const { base, auth } = addressOf(url);
  const methods = methodsAt(base, auth);
  return async (question, about) => {
    const call = new AbortController();
    try {
      const asked = methods[question]({ ...about, signal: call.signal });
      const response = await within(deadlineMs, 'it', asked);
      const failure = response.error();
      if (failure) throw failure;
      return answerOf(response.status(), response.rawData() ?? '');
    } catch (error) {
      call.abort(); // or the connection would go on without us
      const where = `${base} cannot be understood or reached`;
      const what = `${question} ${about.subject ?? about.id}`;
      throw new RegistryUnavailable(`the schema registry at ${where}: ${reasonOf(error)} (${what})`, { cause: error });
    }
  };
}

type Auth = NonNullable<SchemaRegistryAPIClientArgs['auth']>;

/** Neither the library nor an error message should see a user in an address. */
function addressOf(url: string): { readonly base: string; readonly auth?: Auth } {
  const { protocol, host, pathname, username, password } = new URL(url);
  const base = `${protocol}//${host}${pathname.replace(/\/+$/, '')}`;
  if (username === '') return { base };
  return { base, auth: { username: decodeURIComponent(username), password: decodeURIComponent(password) } };
}

/**
 * The library's methods, which resolve with whatever was answered. By itself the library makes each fault an error of a
 * status and a text, which does not tell "no such schema" from "no such address"; what is given to it as a middleware
 * comes after that, so that ours has to be put before.
 */
function methodsAt(host: string, auth?: Auth): Methods {
  const retry = { retries: 0 }; // whoever calls knows better
  const client = api({ host, agent: registryAgent(host), retry, ...(auth && { auth }) });
  const { _manifest, Schema, Subject } = client as typeof client & Made;
  _manifest.middleware.unshift(() => ({ response: (next) => next().catch((answer: unknown) => answer) }));
  return { ...Schema, ...Subject };
}

/** What mappersmith has made the client of. */
interface Made {
  readonly _manifest: {
    readonly middleware: (() => { response(next: () => Promise<unknown>): Promise<unknown> })[];
  };
}

function answerOf(status: number, text: string): Answer {
  if (status >= 200 && status < 300) return { status: 200, body: JSON.parse(text) };
  const { error_code: code, message } = faultOf(text);
  // A 404 without a code of its own is somebody else's: the address is wrong, or a proxy has lost the registry.
  if (status === 404 && Math.floor(code / 100) === 404) return { status, message };
  if (status === 409 || status === 422) return { status, message };
  throw new Error(`it answers ${status}${message && `, "${message}"`}${hintAt(status, message)}`);
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

function hintAt(status: number, message: string): string {
  if (status === 401 || (status === 403 && message === ''))
    return ': look at the user and the password in SCHEMA_REGISTRY_URL';
  if (status < 500 && status !== 429 && message === '')
    return ': is SCHEMA_REGISTRY_URL the address of its Confluent API?';
  return '';
}

/** Where a name has several addresses, the error has a code only. */
function reasonOf(error: unknown): string {
  const { message, code } = error as { message: string; code?: string };
  return message || code || 'it does not say why';
}
