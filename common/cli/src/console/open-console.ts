import type { IncomingMessage } from 'node:http';
import { problem } from 'saga-kit/http';
import { application, callersHere, jsonLog, listen, refuse, storyPath } from 'saga-kit/tools';
import { Passage } from '../gateway/passage';
import { isUnreachable, type Ask } from '../operate/ask';
import { aboutPath, aboutRoute, pageRoutes } from './console-routes';
import { aboutSchema, type About } from './demonstration';

/** What the services say of themselves. One that runs alone says nothing: it has no console. */
export const aboutAt = async (ask: Ask): Promise<About> => {
  const told = await ask('GET', aboutPath).catch((error: Error) => {
    if (isUnreachable(error)) throw error;
    return { story: storyPath, demo: null };
  });
  return aboutSchema.parse(told);
};

/** Serves the console on this machine. What the page asks of the services is passed on to `url`, and nothing else is. */
export async function openConsole(url: string, about: About, port: number): Promise<OpenConsole> {
  const passage = new Passage({ changeOrigin: true });
  const isPassed = passedOn(about);
  const own = application([aboutRoute(about), ...pageRoutes], jsonLog('console', 'warn'));
  const listening = await listen(
    {
      ...own,
      closing: () => passage.endStreams(),
      answer(asked, answer) {
        if (!isPassed(asked)) return own.answer(asked, answer);
        const barred = callersHere(asked);
        if (barred) return refuse(answer, notHere);
        delete asked.headers.cookie; // those of other programs on this machine, which have the same name for a browser
        return passage.pass(asked, answer, [url]);
      },
    },
    { host: '127.0.0.1', port },
  );
  return { url: listening.url, stop: () => listening.close().then(() => passage.close()) };
}

interface OpenConsole {
  readonly url: string;
  stop(): Promise<void>;
}

const notHere = problem(403, 'this console answers its own page in a browser on this machine, and nobody else');

/** Whether a request is for the services: it is one that the page makes. */
function passedOn({ story, demo }: About): (asked: IncomingMessage) => boolean {
  const isStory = new RegExp(`^${story.replace(':txId', '[^/]+')}$`);
  const demonstrated = new Set(demo?.requests.map(({ method, path }) => `${method} ${path}`));
  return ({ method, url = '' }) => {
    const path = /^[^?]*/.exec(url)![0];
    if (!isPlain(path)) return false;
    const isRead = method === 'GET' || method === 'HEAD';
    const isOfOperators = path.startsWith('/admin/') || (isRead && (path.startsWith('/health/') || isStory.test(path)));
    return isOfOperators || demonstrated.has(`${method} ${url}`);
  };
}

/** A path that is the same to everybody: who stands between might take `/admin/../accounts` for another one. */
const isPlain = (path: string): boolean => URL.canParse(path, here) && new URL(path, here).pathname === path;
const here = 'http://localhost';
