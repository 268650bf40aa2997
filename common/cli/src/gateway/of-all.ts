import { Overloaded } from 'saga-kit';
import { route, type Route } from 'saga-kit/http';
import {
  documentRoute,
  frontPage,
  type Health,
  live,
  mergedStory,
  Metrics,
  readiness,
  type RouteFacts,
  type Story,
  storyPath,
  storyRoute,
} from 'saga-kit/tools';
import { z } from 'zod';
import { labelled, together } from './prometheus-text';
import type { Served } from './served';

/** What a service says of its routes. */
export const Description = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({ summary: z.string().optional() }))),
  components: z
    .looseObject({
      schemas: z.record(z.string(), z.unknown()).default({}),
      securitySchemes: z.record(z.string(), z.unknown()).default({}),
    })
    .prefault({}),
});

/** For an instance to say how it is. */
const askMs = 2_000;

/** What each process answers of itself, answered for all of them. */
export const ofAll = (
  { title, story }: { readonly title: string; readonly story: string },
  services: readonly Served[],
  descriptions: readonly z.output<typeof Description>[],
  guarantees: Readonly<Record<string, unknown>>,
): Route[] => [
  live,
  readiness(
    async () => new Map(await Promise.all(services.map(async (each) => [each.name, await healthOf(each)] as const))),
    guarantees,
  ),
  route(
    { method: 'GET', path: '/metrics', summary: 'What all services count', answers: { 200: z.string() } },
    async () => {
      const texts = await Promise.all(services.map(metricsOf));
      return { status: 200, headers: { 'Content-Type': Metrics.contentType }, body: together(texts.flat()) };
    },
  ),
  storyRoute(story, async (txId) => mergedStory(txId, await Promise.all(services.map((each) => storyAt(each, txId))))),
  documentRoute('/openapi.json', 'This description', () => ({
    openapi: '3.1.0',
    info: { title, version: '1' },
    paths: pathsOf(descriptions, story),
    components: {
      schemas: Object.assign({}, ...descriptions.map(({ components }) => components.schemas)),
      securitySchemes: Object.assign({}, ...descriptions.map(({ components }) => components.securitySchemes)),
    },
  })),
  frontPage(title, () => factsOf(pathsOf(descriptions, story))),
];

type Paths = z.output<typeof Description>['paths'];

/** What each process answers of itself is in every description, and told once; the story at the path where all of it is told. */
function pathsOf(descriptions: readonly z.output<typeof Description>[], story: string): Paths {
  const { [templateOf(storyPath)]: told, ...paths }: Paths = Object.assign(
    {},
    ...descriptions.map(({ paths }) => paths),
  );
  return { ...paths, ...(told && { [templateOf(story)]: told }) };
}
const templateOf = (path: string): string => path.replace(':txId', '{txId}');

const factsOf = (paths: Paths): RouteFacts[] =>
  Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { summary = '' }]) => ({ method: method.toUpperCase(), path, summary })),
  );

const Ready = z.object({
  services: z.record(z.string(), z.object({ ready: z.boolean(), reasons: z.array(z.string()) })),
});

/** A service is ready when one of its instances is. Why others are not is told as well. */
async function healthOf({ name, urls }: Served): Promise<Health> {
  const instances = urls();
  if (instances.length === 0) return { ready: false, reasons: ['no instance of it runs'] };
  const each = await Promise.all(instances.map((url) => healthAt(url, name)));
  const told = (reason: string, index: number) => (instances.length > 1 ? `${instances[index]}: ${reason}` : reason);
  return {
    ready: each.some(({ ready }) => ready),
    reasons: each.flatMap(({ reasons }, index) => reasons.map((reason) => told(reason, index))),
  };
}

async function healthAt(url: string, name: string): Promise<Health> {
  try {
    const { ok, status, text } = await ask(`${url}/health/ready`);
    const said = Ready.safeParse(text.startsWith('{') ? JSON.parse(text) : undefined).data?.services[name];
    return said ?? { ready: ok, reasons: ok ? [] : [`it answers ${status}, and not why`] };
  } catch (error) {
    return { ready: false, reasons: [`it does not answer: ${(error as Error).message}`] };
  }
}

/** One that does not answer is not ready: it is not left out. */
async function metricsOf({ name, urls }: Served): Promise<string[]> {
  const silent = `# TYPE saga_kit_ready gauge\nsaga_kit_ready{service="${name}"} 0`;
  const instances = urls();
  if (instances.length === 0) return [silent];
  const each = await Promise.all(
    instances.map((url) =>
      ask(`${url}/metrics`).then(
        ({ ok, text }) => (ok ? text : silent),
        () => silent,
      ),
    ),
  );
  return instances.length > 1 ? each.map((text, index) => labelled(text, 'instance', instances[index]!)) : each;
}

/** What one of its instances tells; they have one database. */
async function storyAt({ name, urls }: Served, txId: string): Promise<Story> {
  for (const url of urls()) {
    const { ok, status, text } = await ask(`${url}${storyPath.replace(':txId', encodeURIComponent(txId))}`).catch(
      noAnswer,
    );
    if (ok) return { acts: [], ...JSON.parse(text) } as Story; // instances of before a release tell of none
    if (status === 404) return { txId, story: [], acts: [] };
  }
  throw new Overloaded(`the ${name} service does not answer, and half a story is none`);
}
const noAnswer = () => ({ ok: false, status: 0, text: '' });

/** Rejects when there is no whole answer in time. */
async function ask(url: string): Promise<{ readonly ok: boolean; readonly status: number; readonly text: string }> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(askMs) });
  return { ok: answer.ok, status: answer.status, text: await answer.text() };
}
