import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ServiceLiteral } from 'saga-kit/service';
import { routesAt, storyPath } from 'saga-kit/tools';
import type { Scenario, StubRule } from 'saga-kit/testing';
import { z } from 'zod';
import { Misconfigured } from './command/command';
import { demonstrationSchema, noDemonstration, type Demonstration } from './console/demonstration';

/** What `saga-kit` has to know of a system: a file says it, `saga-kit.config.js`, `.cjs` or `.mjs`. */
export interface Config {
  /** What the description of all routes is called. */
  readonly title?: string;
  /** All services of the system. What they listen to and send is read from them, so it is said nowhere else. */
  readonly services: readonly ServiceLiteral[];
  /** What a start says in the end, given where it listens: what to do next. */
  readonly next?: (url: string) => string;
  /** The path, with `:txId` in it, at which a start tells the story of a process; `/stories/:txId` if it is not said. */
  readonly story?: string;
  /** What there is to demonstrate in the console, if anything. */
  readonly console?: Demonstration;
  /** How `saga-kit stub` answers when it is given no rules. */
  readonly stubRules?: readonly StubRule[];
  /** What `saga-kit sim` simulates. */
  readonly scenarios?: () => readonly Scenario[];
}

/** A configuration as the commands have it, and where it was read. */
export interface LoadedConfig extends Required<Config> {
  readonly file: string;
}

/** For a command that needs none. */
export const noConfig: LoadedConfig = {
  file: '',
  title: '',
  services: [],
  next: () => '',
  story: '',
  console: noDemonstration,
  stubRules: [],
  scenarios: () => [],
};

/** Only gives the configuration its type. */
export const defineConfig = (config: Config): Config => config;

const names = ['saga-kit.config.js', 'saga-kit.config.cjs', 'saga-kit.config.mjs'];

const example = `  const { defineConfig } = require('@saga-kit/cli');
  const { order } = require('./dist/order/module');
  module.exports = defineConfig({ title: 'My shop', services: [order] });`;

const serviceLiteral = z.custom<ServiceLiteral>(
  (value) => {
    const { name, migrations, bindings } = (value ?? {}) as Partial<Record<keyof ServiceLiteral, unknown>>;
    return typeof name === 'string' && name !== '' && Array.isArray(migrations) && typeof bindings === 'object';
  },
  { error: 'is not what service({ name, migrations, bindings }) of "saga-kit/service" makes: export that' },
);

const schema = z.strictObject({
  title: z.string().min(1, 'has to be a text that is not empty, or left out').optional(),
  services: z
    .array(serviceLiteral, { error: 'has to be a list of services' })
    .min(1, 'is empty: name at least one service')
    .refine((services) => new Set(services.map(({ name }) => name)).size === services.length, {
      error: 'has two services of one name: a name is also a consumer group and a database',
    }),
  next: z
    .custom<(url: string) => string>((value) => typeof value === 'function', {
      error: 'has to be a function that makes a text of an address',
    })
    .optional(),
  story: z
    .string()
    .regex(/^(\/[\w-]+)*\/:txId(\/[\w-]+)*$/, 'has to be a path with ":txId" in it, as "/orders/:txId/story"')
    .optional(),
  console: demonstrationSchema.optional(),
  scenarios: z
    .custom<() => readonly Scenario[]>((value) => typeof value === 'function', {
      error: 'has to be a function that makes a list of scenarios',
    })
    .optional(),
  stubRules: z.array(z.custom<StubRule>((value) => typeof value === 'object')).optional(),
});

/** Reads the configuration in a folder, or the file that is named. Throws an error that names the field and the way out. */
export async function loadConfig(folder: string, named?: string): Promise<LoadedConfig> {
  const file = named === undefined ? fileIn(folder) : resolve(folder, named);
  if (!existsSync(file)) throw new Misconfigured(`${file} is not there: --config names the file of the configuration`);
  const exported = (await imported(file)) as { readonly default?: unknown };
  return { file, ...configOf(exported.default ?? exported, file) };
}

/** Checks what a file has exported. */
export function configOf(exported: unknown, file: string): Required<Config> {
  const { data, error } = schema.safeParse(exported);
  if (error) throw new Misconfigured(`${file} is not right:\n${error.issues.map(faultOf).join('\n')}`);
  const {
    title = 'Services',
    services,
    next = routesAt,
    story = storyPath,
    stubRules = [],
    scenarios = () => [],
  } = data;
  const { requests, silence } = data.console ?? noDemonstration;
  if (silence && !services.some(({ name }) => name === silence.service))
    throw new Misconfigured(
      `${file} is not right:\n  console.silence.service: is none of ${services.map(({ name }) => name).join(', ')}`,
    );
  return { title, services, next, story, console: { requests, ...(silence && { silence }) }, stubRules, scenarios };
}

function faultOf({ path, message, code, ...issue }: z.core.$ZodIssue): string {
  if (code === 'unrecognized_keys' && 'keys' in issue)
    return `  ${issue.keys.join(', ')}: is not known; title, services, next, story, console, stubRules and scenarios are`;
  if (path.length === 0)
    return `  it has to export { title, services }, as module.exports or as the default: ${message}`;
  return `  ${path.join('.')}: ${message}`;
}

function fileIn(folder: string): string {
  const file = names.map((name) => join(folder, name)).find((each) => existsSync(each));
  if (file !== undefined) return file;
  throw new Misconfigured(
    `there is no saga-kit.config.js, .cjs or .mjs in ${folder}, which says what the services are. Write saga-kit.config.cjs:\n\n${example}\n\nor name another file with --config`,
  );
}

async function imported(file: string): Promise<unknown> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    throw new Misconfigured(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
