import { retentionSchema } from 'saga-kit/tools';
import type { z } from 'zod';
import { command, none, parse, Usage } from '../command/command';
import { exits, tableText, type Terminal } from '../command/terminal';
import { Act, actingOf, actOptions, type Acting } from './act';
import { askerAt, askOptions, isUnreachable, servicesAt, type Ask } from './ask';

const help = `Shows what services keep, how old it is and for how long it is kept, and purges what is old enough without waiting.

  npx saga-kit retention list [--service order]
  npx saga-kit retention purge --reason <why> [--service order] [--yes]

Services purge by themselves what is older than RETENTION_INBOX_DAYS, RETENTION_SAGAS_DAYS and RETENTION_PARKED_DAYS. purge
does it now, step by step and with pauses, while everything goes on. Without --yes it says how much would go. When it is
broken off, what is gone is gone, and the same again goes on with the rest. Who has done it (--who, else your user name), why,
and how much has gone, is kept in kit_audit.

  --url http://localhost:3000  where the services run; ADMIN_TOKEN, where it is set, is sent as a bearer token
  --json                       prints data

Ends with 0; with 1 when a service refuses, because its horizons are too short for its topics, say; with 2 when the command is
wrong, with 3 when nobody answers, with 130 when interrupted.`;

type Purged = z.output<typeof Act> & { readonly service: string };

/** The command. */
export const retention = command({ help, isUnreachable }, async (args, terminal) => {
  const typed = typedFrom(args);
  const ask = askerAt(typed.url, terminal);
  const services = typed.service === undefined ? await servicesAt(ask) : [typed.service];
  return typed.acting ? purge(ask, services, typed.acting, terminal) : list(ask, services, typed.json, terminal);
});

function typedFrom(args: readonly string[]) {
  const { positionals, values } = parse(args, { ...askOptions, ...actOptions, service: { type: 'string' } });
  const [verb, ...more] = positionals;
  if (verb !== 'list' && verb !== 'purge') throw new Usage(verb ?? 'say which of list, purge');
  none(more);
  return { ...values, verb, acting: verb === 'purge' ? actingOf(values) : undefined } as const;
}

const pathOf = (service: string): string => `/admin/services/${encodeURIComponent(service)}/retention`;

async function list(ask: Ask, services: readonly string[], json: boolean, terminal: Terminal): Promise<number> {
  const found = await Promise.all(
    services.map(async (service) => ({ service, ...retentionSchema.parse(await ask('GET', pathOf(service))) })),
  );
  if (json) terminal.say(JSON.stringify({ services: found }, null, 2));
  else
    terminal.say(
      tableText(
        ['service', 'table', 'rows', 'oldest', 'days', 'old enough', 'purged', 'last'],
        found.flatMap(({ service, kinds }) =>
          kinds.map(({ table, rows, oldest, days, old, purged }) => [
            ...[service, table, rows, oldest ?? '', days ?? 'for good', old, purged.rows, purged.at ?? ''],
          ]),
        ),
      ),
    );
  return exits.fine;
}

/** One service after the other: they may share a machine. */
async function purge(ask: Ask, services: readonly string[], acting: Acting, terminal: Terminal): Promise<number> {
  const answers: (Purged | { readonly service: string; readonly refused: string })[] = [];
  for (const service of services) {
    const answer = await purgeOne(ask, service, acting, terminal).catch((error: Error) => {
      if (isUnreachable(error)) throw error;
      terminal.hint(`${service}: ${error.message}`);
      return { service, refused: error.message };
    });
    answers.push(answer);
    if (!acting.json && 'does' in answer)
      terminal.say(
        `${service}: ${answer.outcome === 'would' ? `it ${answer.does}` : `it ${answer.does}, and is done`}`,
      );
  }
  if (acting.json) terminal.say(JSON.stringify({ services: answers }, null, 2));
  const refused = answers.filter((answer) => 'refused' in answer);
  if (!acting.yes && refused.length < answers.length) terminal.hint('nothing is done: add --yes to do it');
  return refused.length > 0 ? exits.differs : exits.fine;
}

/** Each answer has the version with which the next one goes on. */
async function purgeOne(ask: Ask, service: string, { who, reason, yes }: Acting, terminal: Terminal): Promise<Purged> {
  const act = async (version?: string) =>
    Act.parse(
      await ask('POST', `${pathOf(service)}/purge`, { who, reason, ...(version !== undefined && { version }) }),
    );
  let answer = await act();
  if (!yes) return { service, ...answer };
  for (;;) {
    answer = await act(answer.version ?? undefined);
    if (answer.version === null) return { service, ...answer };
    terminal.hint(`${service}: it ${answer.does} so far`);
  }
}
