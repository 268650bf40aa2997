import { z } from 'zod';
import { systemClock } from '../app';
import { Metrics } from '../runtime';
import { application } from './application';
import { operations } from './operations';
import { problem } from './problem';
import { route } from './route';
import { listen, type RunningServer } from './server';
import { storyPath } from './story';

const nobody = async () => ({ outcome: 'unknown', detail: 'there is none' }) as const;
const nothing = async () => problem(404, 'there is none');
const answers = { 200: z.string() };
const routes = [
  route({ method: 'GET', path: '/soups', summary: 'Soups & <stews>', answers }, nothing),
  route({ method: 'PUT', path: '/soups/:name', summary: 'Changes one', answers }, nothing),
];
const projections = { list: async () => [], rebuild: async () => false };
const service = {
  name: 'soups',
  health: () => ({ ready: true, reasons: [] }),
  metrics: new Metrics('soups'),
  projections,
  operators: {
    sagas: {
      audit: async () => [],
      definitions: async () => ({}),
      list: async () => [],
      show: async () => undefined,
      act: nobody,
    },
    parked: { list: async () => [], show: async () => undefined, act: nobody },
    retention: { list: async () => ({ kinds: [], remembersSince: null }), purge: nobody },
    consumer: {
      show: async () => ({ outbox: { waiting: 0, oldestSeconds: 0 }, timers: { due: 0, nextAt: null }, topics: [] }),
      act: nobody,
    },
  },
  overviews: {
    look: async () => Promise.reject(new Error('nobody looks')),
    contracts: () => ({ service: 'soups', sends: [], listens: [] }),
    clock: systemClock,
  },
  messages: async () => [],
  acts: async () => [],
};
const ignore = () => {};
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

let listening: RunningServer;
beforeEach(async () => {
  const all = operations({ title: 'Soups <for all>', story: storyPath }, [service], routes, {}, undefined);
  listening = await listen(application(all, log), { host: '127.0.0.1', port: 0 });
});
afterEach(() => listening.close());

const ask = (headers: Record<string, string> = {}) => fetch(`${listening.url}/`, { headers });

test('a browser is shown what this is, with links to what it can open', async () => {
  const answer = await ask({ Accept: browser });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  const page = await answer.text();
  expect(page).toContain('<h1>Soups &#60;for all&#62;</h1>');
  const links = [...page.matchAll(/href="([^"]*)"/g)].map(([, link]) => link!);
  expect(new Set(links)).toEqual(
    new Set(['/', '/openapi.json', '/health/live', '/health/ready', '/metrics', '/soups']),
  );
  for (const link of links.filter((each) => each !== '/soups'))
    expect([link, (await fetch(listening.url + link)).status]).toEqual([link, 200]);
});

test('what others have written is text on the page, whatever it looks like', async () => {
  const page = await (await ask({ Accept: browser })).text();
  expect(page).toContain('<a href="/soups">/soups</a></code> Soups &#38; &#60;stews&#62;');
  expect(page).toContain('<li><code>PUT /soups/{name}</code> Changes one');
});

test('the page fetches nothing, and runs nothing', async () => {
  const answer = await ask({ Accept: browser });
  expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'unsafe-inline'");
  expect(await answer.text()).not.toMatch(/<script|<link|<img|https?:/);
});

test.each([{ Accept: '*/*' }, { Accept: 'application/json' }])(
  'others are told the same as JSON, %j',
  async (headers) => {
    const answer = await ask(headers);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    const facts = (await answer.json()) as { title: string; routes: object[] };
    expect(facts.title).toBe('Soups <for all>');
    expect(facts.routes).toContainEqual({ method: 'PUT', path: '/soups/{name}', summary: 'Changes one' });
    expect(facts.routes).toHaveLength(25);
  },
);

test('whoever keeps answers is told that they differ by who asks', async () => {
  for (const headers of [{ Accept: browser }, { Accept: '*/*' }])
    expect((await ask(headers)).headers.get('vary')).toBe('Accept');
});
