import type { IncomingMessage } from 'node:http';
import { Overloaded } from 'saga-kit';
import { plainText, problem, route, type Problem, type Route } from 'saga-kit/http';
import { projectionsSchema } from 'saga-kit/tools';
import { z } from 'zod';
import type { Served } from './served';

const askMs = 10_000;

/** What tells a service who asks: it decides who may, not the gateway. */
const asking = z.object({
  authorization: z.string().optional(),
  'x-forwarded-for': z.string().optional(),
  'x-forwarded-host': z.string().optional(),
  'x-forwarded-proto': z.string().optional(),
  host: z.string().optional(),
  origin: z.string().optional(),
  'sec-fetch-site': z.string().optional(),
  forwarded: z.string().optional(),
});
type Asking = z.output<typeof asking>;

/** Notes where a request came from, as a proxy does. */
export function noteHop({ headers, socket }: IncomingMessage): void {
  const appended = (name: string, value = '') => [headers[name] ?? [], value].flat().join(', ');
  headers['x-forwarded-for'] = appended('x-forwarded-for', socket.remoteAddress);
  headers['x-forwarded-host'] = appended('x-forwarded-host', headers.host);
}

const Rebuilding = z.object({ rebuilding: z.array(z.string()) });

/** The operators' routes of all services as one. */
export const adminRoutes = (services: readonly Served[]): Route[] => [
  route(
    {
      method: 'GET',
      path: '/admin/projections',
      summary: 'How far each projection of each service is',
      headers: asking,
      answers: { 200: projectionsSchema },
      problems: [401, 403],
    },
    async ({ headers }) => {
      const answers = await Promise.all(services.map((each) => ask(each, 'GET', '/admin/projections', headers)));
      const refusal = answers.find(({ status }) => status !== 200);
      if (refusal) return refused(refusal);
      const each = answers.map(({ text }) => projectionsSchema.parse(JSON.parse(text)).projections);
      return { status: 200, body: { projections: each.flat() } };
    },
  ),
  route(
    {
      method: 'POST',
      path: '/admin/projections/:name/rebuild',
      summary: 'Rebuilds a projection, in each service that has one of this name',
      params: z.object({ name: plainText(60) }),
      headers: asking,
      answers: { 202: Rebuilding },
      problems: [401, 403, 404],
    },
    async ({ params: { name }, headers }) => {
      const path = `/admin/projections/${encodeURIComponent(name)}/rebuild`;
      const answers = await Promise.all(services.map((each) => ask(each, 'POST', path, headers)));
      const begun = answers.filter(({ status }) => status === 202);
      const refusal = answers.find(({ status }) => status !== 202 && status !== 404);
      if (refusal) return refused(refusal);
      if (begun.length === 0) return refused(answers[0]!);
      const rebuilding = begun.flatMap(({ text }) => Rebuilding.parse(JSON.parse(text)).rebuilding);
      return { status: 202, body: { rebuilding } };
    },
  ),
];

const Refusal = z.object({ detail: z.string() });

interface Answered {
  readonly status: number;
  readonly text: string;
  readonly challenge: string | null;
}

async function ask({ name, urls }: Served, method: string, path: string, who: Asking): Promise<Answered> {
  const [url] = urls();
  if (url === undefined) throw new Overloaded(`no instance of ${name} runs`);
  const { host: _, ...headers } = who;
  const sent = Object.entries(headers).filter((each): each is [string, string] => each[1] !== undefined);
  const signal = AbortSignal.timeout(askMs);
  const answer = await fetch(url + path, { method, headers: Object.fromEntries(sent), signal }).catch(
    (error: Error) => {
      throw new Overloaded(`${name} does not answer: ${error.message}`);
    },
  );
  return { status: answer.status, text: await answer.text(), challenge: answer.headers.get('www-authenticate') };
}

function refused({ status, text, challenge }: Answered): Problem {
  const { detail } = Refusal.safeParse(text.startsWith('{') ? JSON.parse(text) : undefined).data ?? {
    detail: 'a service has refused it',
  };
  return problem(status, detail, challenge === null ? {} : { headers: { 'WWW-Authenticate': challenge } });
}
