import { application, kafkaGuarantees, listen, openApi, storyPath, type RunningServer } from 'saga-kit/tools';
import type { Route } from 'saga-kit/http';
import type { Log } from 'saga-kit/runtime';
import { Description, ofAll } from './of-all';
import { Passage } from './passage';
import type { Served } from './served';

export type Gateway = RunningServer;

const describedMs = 10_000;
const ignore = () => {};
const silent: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

interface At {
  readonly host: string;
  readonly port: number;
  readonly title: string;
  /** The path at which the services' stories are told as one. */
  readonly story?: string;
  /** What it answers besides. */
  readonly routes?: readonly Route[];
  readonly log?: Log;
}

/** One address for all services: what each of them serves is known by the first part of its paths. */
export async function gateway(
  services: readonly Served[],
  { log = silent, title, story = storyPath, routes = [], ...at }: At,
): Promise<Gateway> {
  const described = await Promise.all(
    services.map(async (service) => ({ service, description: await descriptionOf(service) })),
  );
  const owners = new Map(
    described.flatMap(({ service, description }) =>
      Object.keys(description.paths).map((path) => [path.split('/')[1]!, service] as const),
    ),
  );
  const ownPaths = ['', 'health', 'metrics', 'openapi.json', 'stories', 'admin']; // each process has its own
  for (const own of [...ownPaths, ...routes.map(({ path }) => path.split('/')[1]!)]) owners.delete(own);
  const isStory = new RegExp(`^${story.replace(':txId', '[^/?]+')}/?(\\?|$)`);
  const passage = new Passage();
  const descriptions = [...described.map(({ description }) => description), Description.parse(openApi(title, routes))];
  const own = application([...routes, ...ofAll({ title, story }, services, descriptions, kafkaGuarantees)], log);
  const listening = await listen(
    {
      ...own,
      closing: () => passage.endStreams(),
      answer(asked, answer) {
        const first = /^\/([^/?]*)/.exec(asked.url ?? '')?.[1] ?? ''; // not by `URL`, which throws at what anybody may send
        const owner = isStory.test(asked.url ?? '') ? undefined : (owners.get(first) ?? operated(services, asked.url));
        return owner ? passage.pass(asked, answer, owner.urls()) : own.answer(asked, answer);
      },
    },
    at,
  );
  return { url: listening.url, close: () => listening.close().then(() => passage.close()) };
}

/** What operators ask of one service is for it to answer. */
function operated(services: readonly Served[], url = ''): Served | undefined {
  const [, name] = /^\/admin\/services\/([^/?]+)\//.exec(url) ?? [];
  return services.find((each) => each.name === name);
}

async function descriptionOf({ name, urls }: Served) {
  const [url] = urls();
  if (url === undefined) throw new Error(`no instance of ${name} runs that could say what it serves`);
  const answer = await fetch(`${url}/openapi.json`, { signal: AbortSignal.timeout(describedMs) });
  return Description.parse(await answer.json());
}
