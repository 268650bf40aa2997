import { z } from 'zod';
import { command, none, parse, Usage, type Command } from '../command/command';
import { exits, tableText, type Terminal } from '../command/terminal';
import { act, actingOf, actOptions } from './act';
import { boundsOf, bulkOptions, checkNarrowed, inBulk } from './bulk';
import { askerAt, askOptions, isUnreachable, servicesAt, type Ask } from './ask';

/** What operators act on, and how it is told. */
export interface OperatorCommand {
  readonly help: string;
  /** In the path of the routes, and in the plural. */
  readonly noun: 'sagas' | 'parked';
  readonly acts: readonly string[];
  /** The path of one, below the service. */
  readonly pathOf: (id: string) => string;
  readonly idOf: (item: Item) => string;
  readonly columns: readonly string[];
  /** Options that narrow a list, each with what may be asked for; null: anything. */
  readonly filters: Readonly<Record<string, readonly string[] | null>>;
  /** Its acts can be done to all that a filter leaves. */
  readonly inBulk?: true;
  /** Options that have more of one shown. */
  readonly shows?: readonly string[];
}

const Item = z.looseObject({ why: z.string(), version: z.string() });
export type Item = z.output<typeof Item>;
const Page = z.object({ items: z.array(Item), next: z.string().nullable() });

const pageMax = 500;

/** A command over the admin routes: it lists, shows, and acts, after it has said what it would do. */
export const operating = (on: OperatorCommand): Command =>
  command({ help: on.help, isUnreachable }, async (args, terminal) => {
    const typed = typedFor(on, args);
    const ask = askerAt(typed.url, terminal);
    if (typed.verb === 'list') return list(on, ask, typed, terminal);
    if (typed.id === '') {
      const items = await itemsOf(on, ask, typed.narrowed);
      return inBulk(ask, typed.verb, items, actingOf(typed), typed.bounds, terminal);
    }
    const { service, item } = await found(on, ask, typed.id, typed.shown);
    if (typed.verb === 'show') return show(item, typed.json, terminal);
    const { verb, id, details } = typed;
    const path = `/admin/services/${service}/${on.noun}/${on.pathOf(id)}/${verb}`;
    return act(ask, { path, verb, id }, actingOf(typed), terminal, details);
  });

type Typed = ReturnType<typeof typedFor>;

function typedFor(on: OperatorCommand, args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const filters = Object.fromEntries(Object.keys(on.filters).map((name) => [name, text]));
  const shows = Object.fromEntries((on.shows ?? []).map((name) => [name, flag]));
  const { positionals, values } = parse(args, {
    ...filters,
    ...shows,
    ...askOptions,
    ...actOptions,
    ...(on.inBulk && bulkOptions),
    ...{ code: text, reply: text },
  });
  const [verb = '', id = '', ...more] = positionals;
  const verbs = ['list', 'show', ...on.acts];
  if (!verbs.includes(verb)) throw new Usage(verb === '' ? `say which of ${verbs.join(', ')}` : verb);
  const isBulk = on.inBulk && on.acts.includes(verb) && id === '';
  if (verb !== 'list' && id === '' && !isBulk) throw new Usage(`say which: "npx saga-kit ${on.noun} list" names them`);
  none(verb === 'list' && id !== '' ? [id] : more);
  const { url, json, yes, reason, who, code, reply } = values;
  if (on.acts.includes(verb)) actingOf(values);
  const narrowed = Object.entries(on.filters).flatMap(([name, known]) => {
    const value = (values as Readonly<Record<string, unknown>>)[name];
    if (typeof value !== 'string') return [];
    if (known?.includes(value) === false) throw new Usage(`--${name} ${value}: it is one of ${known.join(', ')}`);
    return [[name, value] as const];
  });
  if (isBulk) checkNarrowed(narrowed);
  const bounds = boundsOf(values);
  const shown = (on.shows ?? []).filter((name) => (values as Readonly<Record<string, unknown>>)[name] === true);
  const details = { ...(code !== undefined && { code }), ...(reply !== undefined && { reply: replyOf(reply) }) };
  return { verb, id, url, json, yes, who, reason, details, narrowed, shown, bounds } as const;
}

function replyOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Usage('--reply is the reply as JSON, such as {"orderId": "…"}');
  }
}

type Listed = Item & { readonly service: string };

async function itemsOf(on: OperatorCommand, ask: Ask, narrowed: Typed['narrowed']): Promise<readonly Listed[]> {
  const items: Listed[] = [];
  for (const service of await servicesAt(ask)) {
    const query = new URLSearchParams({ limit: `${pageMax}` });
    for (const [name, value] of narrowed) query.set(camel(name), value);
    for (let next: string | null = ''; next !== null;) {
      if (next) query.set('after', next);
      const page = Page.parse(await ask('GET', `/admin/services/${service}/${on.noun}?${query.toString()}`));
      items.push(...page.items.map((item) => ({ service, ...item })));
      next = page.next;
    }
  }
  return items;
}

async function list(on: OperatorCommand, ask: Ask, { json, narrowed }: Typed, terminal: Terminal): Promise<number> {
  const items = await itemsOf(on, ask, narrowed);
  if (json) terminal.say(JSON.stringify({ items }, null, 2));
  else if (items.length === 0) terminal.say('there are none');
  else
    terminal.say(
      tableText(
        ['service', 'id', ...on.columns],
        items.map((item) => [
          item.service,
          on.idOf(item),
          ...on.columns.map((column) => `${(item[column] as string | null) ?? ''}`),
        ]),
      ),
    );
  return exits.fine;
}

const camel = (name: string): string =>
  (name === 'why' ? 'reason' : name).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The service that has it. */
async function found(on: OperatorCommand, ask: Ask, id: string, shown: readonly string[]) {
  const services = await servicesAt(ask);
  const query = shown.length > 0 ? `?${shown.map((name) => `${name}=true`).join('&')}` : '';
  for (const service of services) {
    const path = `/admin/services/${service}/${on.noun}/${on.pathOf(id)}${query}`;
    const item = await ask('GET', path).catch((error: Error) => {
      if (!error.message.startsWith('there is no ')) throw error;
    });
    if (item !== undefined) return { service, item: Item.parse(item) };
  }
  throw new Error(`none of ${services.join(', ')} has ${id}: "npx saga-kit ${on.noun} list" names what there is`);
}

function show(item: Item, json: boolean, terminal: Terminal): number {
  if (json) terminal.say(JSON.stringify(item, null, 2));
  else
    for (const [name, value] of Object.entries(item))
      terminal.say(`${name.padEnd(16)}${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return exits.fine;
}
