import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { problem, route, type Route } from 'saga-kit/http';
import { z } from 'zod';
import { aboutSchema, type About, type Demonstration } from './demonstration';

/** The page as it is shipped: plain files, which nobody has to build. */
const folder = join(__dirname, '..', '..', 'console');

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** The page speaks to where it came from, and to nobody else; it runs no script of others and is shown in no frame. */
const headers = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
};

/** What the console has to know of a system. */
export interface ConsoleOf {
  /** The path of stories, with `:txId` in it. */
  readonly story: string;
  readonly console: Demonstration;
}

/** The console: its page, the files of the page, and what it can demonstrate. */
export const consoleRoutes = ({ story, console: { requests, silence } }: ConsoleOf): Route[] => {
  const demo = requests.length > 0 || silence ? { requests: [...requests], silence: silence ?? null } : null;
  return [aboutRoute(aboutSchema.parse({ story, demo })), ...pageRoutes];
};

/** Where it is told what the console has to know. */
export const aboutPath = '/console/demo';

/** Tells the console what it has to know of a system. It comes before the files: `demo` could be one as well. */
export const aboutRoute = (about: About): Route =>
  route(
    {
      method: 'GET',
      path: aboutPath,
      summary: 'What the console has to know of this system: where stories are told, and what there is to demonstrate',
      answers: { 200: aboutSchema },
    },
    async () => ({ status: 200, headers: { 'Cache-Control': 'no-cache' }, body: about }),
  );

/** The page and its files. */
export const pageRoutes: readonly Route[] = [
  route(
    { method: 'GET', path: '/console', summary: 'The console', mediaType: 'text/html', answers: { 200: z.string() } },
    () => fileOf('index.html'),
  ),
  route(
    {
      method: 'GET',
      path: '/console/:file',
      summary: 'A file of the console',
      params: z.object({ file: z.string().regex(/^[a-z0-9-]{1,60}\.(html|js|css|svg)$/) }),
      answers: { 200: z.string() },
    },
    ({ params: { file } }) => fileOf(file),
  ),
];

/** What is there for whoever works on the page, and for the compiler: a fifth of its bytes, which nobody's browser needs. */
const typesAndDocs = /^[ \t]*\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n/gm;

async function fileOf(name: string) {
  const type = types[name.split('.').at(-1)!]!;
  try {
    const text = await readFile(join(folder, name), 'utf8');
    return {
      status: 200 as const,
      headers: { ...headers, 'Content-Type': type },
      body: text.replace(typesAndDocs, ''),
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return problem(404, 'there is nothing of this name');
    throw error;
  }
}
