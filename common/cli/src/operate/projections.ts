import { setTimeout } from 'node:timers/promises';
import { projectionsSchema } from 'saga-kit/tools';
import { type z } from 'zod';
import { command, none, parse, Usage } from '../command/command';
import { askerAt, askOptions, isUnreachable, servicesAt, type Ask } from './ask';
import { exits, tableText, type Terminal } from '../command/terminal';

const help = `Shows how far projections are, and rebuilds one from the first event while everything goes on.

  npx saga-kit projections list [--url http://localhost:3000] [--json]
  npx saga-kit projections rebuild <name> [--url http://localhost:3000] [--json]

It asks the services that run at --url; ADMIN_TOKEN, where it is set, is sent as a bearer token. rebuild waits until the
projection has caught up, and says how far it is; it goes on when this command is ended.

Ends with 0; with 1 when there is no such projection, it cannot go on, or the services refuse; with 2 when the command is
wrong, 3 when nobody answers, 130 when interrupted.`;

const pollMs = 200;
const sayEveryMs = 1_000;

type Projection = z.output<typeof projectionsSchema>['projections'][number] & { readonly service: string };

/** The command. */
export const projections = command({ help, isUnreachable }, async (args, terminal) => {
  const { verb, name, url, json } = typed(args);
  const ask = askerAt(url, terminal);
  if (verb === 'list') return show(await listed(ask), json, terminal);
  for (const { service } of await named(ask, name))
    await ask('POST', `${pathOf(service)}/${encodeURIComponent(name)}/rebuild`);
  return show(await caughtUp(ask, name, terminal), json, terminal);
});

function typed(args: readonly string[]) {
  const { positionals, values } = parse(args, askOptions);
  const [verb, name = '', ...more] = positionals;
  if (verb !== 'list' && verb !== 'rebuild') throw new Usage(verb ?? 'say which of list, rebuild');
  if (verb === 'rebuild' && name === '') throw new Usage('say which projection');
  none(verb === 'list' && name !== '' ? [name] : more);
  return { verb, name, ...values } as const;
}

const pathOf = (service: string): string => `/admin/services/${encodeURIComponent(service)}/projections`;

async function listed(ask: Ask): Promise<readonly Projection[]> {
  const each = (await servicesAt(ask)).map(async (service) => {
    const { projections } = projectionsSchema.parse(await ask('GET', pathOf(service)));
    return projections.map((projection) => ({ service, ...projection }));
  });
  return (await Promise.all(each)).flat();
}

/** Those of this name, of which each service may have one. */
async function named(ask: Ask, name: string): Promise<readonly Projection[]> {
  const found = (await listed(ask)).filter((each) => each.name === name);
  if (found.length === 0)
    throw new Error(`there is no projection ${name}: "npx saga-kit projections list" names what there is`);
  return found;
}

/** Waits without an end, until what was there at the beginning is applied: how long it takes is how many events there are. */
async function caughtUp(ask: Ask, name: string, terminal: Terminal): Promise<readonly Projection[]> {
  const aims = (await named(ask, name)).map(({ position, behind }) => position + behind);
  for (let passedMs = 0; ; passedMs += pollMs) {
    const now = await named(ask, name);
    const isDone = ({ phase, position, failure }: Projection, index: number) =>
      (phase === 'running' && position >= (aims[index] ?? 0)) || failure !== null;
    if (now.every(isDone)) return now;
    if (passedMs % sayEveryMs === 0) for (const each of now) terminal.hint(`${name}: ${stateOf(each)}`);
    await setTimeout(pollMs);
  }
}

const stateOf = ({ phase, position, behind }: Projection): string =>
  phase === 'clearing' ? 'clearing' : `${position} of ${position + behind} events`;

function show(found: readonly Projection[], json: boolean, terminal: Terminal): number {
  if (json) terminal.say(JSON.stringify({ projections: found }, null, 2));
  else if (found.length === 0) terminal.say('there are no projections');
  else
    terminal.say(
      tableText(
        ['service', 'projection', 'phase', 'position', 'behind'],
        found.map(({ service, name, phase, position, behind }) => [service, name, phase, position, behind]),
      ),
    );
  const failed = found.filter(({ failure }) => failure !== null);
  for (const { name, failure } of failed) terminal.hint(`${name} cannot go on: ${failure}`);
  return failed.length > 0 ? exits.differs : exits.fine;
}
