import { z } from 'zod';
import { template } from './openapi';
import type { Route } from './route';

/** What a page about routes says of one of them. */
export type RouteFacts = Pick<Route, 'path' | 'summary'> & { readonly method: string };

const factsSchema = z.object({
  title: z.string(),
  routes: z.array(z.object({ method: z.string(), path: z.string(), summary: z.string() })),
});
type Facts = z.output<typeof factsSchema>;

/** What answers at `/`: a page that says what this is and what can be asked of it, and the same as JSON for programs. */
export function frontPage(title: string, routes: () => readonly RouteFacts[]): Route {
  return {
    method: 'GET',
    path: '/',
    summary: 'What this is and what can be asked of it: a page for browsers',
    query: z.strictObject({}),
    headers: z.object({ accept: z.string().optional() }),
    answers: { 200: factsSchema },
    handle: async ({ headers: { accept = '' } }) => {
      const facts = { title, routes: routes().map(factsOf).sort(byPath) };
      const isBrowser = /\btext\/html\b/.test(accept);
      const headers = isBrowser ? { Vary: 'Accept', ...pageHeaders } : { Vary: 'Accept' };
      return { status: 200, headers, body: isBrowser ? pageOf(facts) : facts };
    },
  };
}

const factsOf = ({ method, path, summary }: RouteFacts) => ({ method, path: template(path), summary });
const byPath = (one: RouteFacts, other: RouteFacts) => one.path.localeCompare(other.path, 'en');

const pageHeaders = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
};
const style = `body { font: 1rem/1.6 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem }
:root { color-scheme: light dark }`;

const pageOf = ({ title, routes }: Facts): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>${style}</style>
<h1>${escaped(title)}</h1>
<p>This is an HTTP API. <a href="/openapi.json">openapi.json</a> describes all of it (OpenAPI 3.1),
<a href="/health/ready">health</a> says how it is and what it guarantees, <a href="/metrics">metrics</a> what it counts.</p>
<ul>
${routes.map(itemOf).join('\n')}
</ul>
</html>
`;

function itemOf({ method, path, summary }: RouteFacts): string {
  const shown = escaped(path);
  const canBeOpened = method === 'GET' && !path.includes('{');
  return `<li><code>${method} ${canBeOpened ? `<a href="${shown}">${shown}</a>` : shown}</code> ${escaped(summary)}`;
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
