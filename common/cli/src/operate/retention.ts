import { userInfo } from 'node:os';
import { retentionSchema } from 'saga-kit/tools';
import { z } from 'zod';
import { command, none, parse, Usage } from '../command/command';
import { exits, tableText, type Terminal } from '../command/terminal';
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

const Act = z.object({ outcome: z.enum(['would', 'done']), does: z.string(), version: z.string().nullable() });
type Purged = z.output<typeof Act> & { readonly service: string };
type Typed = ReturnType<typeof typedFrom>;

/** The command. */
export const retention = command({ help, isUnreachable }, async (args, terminal) => {
  const typed = typedFrom(args);
  const ask = askerAt(typed.url, terminal);
  const services = typed.service === undefined ? await servicesAt(ask) : [typed.service];
  return typed.verb === 'list' ? list(ask, services, typed.json, terminal) : purge(ask, services, typed, terminal);
});

function typedFrom(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = {
    ...askOptions,
    service: text,
    reason: text,
    who: text,
    yes: { type: 'boolean', default: false },
  } as const;
  const { positionals, values } = parse(args, options);
  const [verb, ...more] = positionals;
  if (verb !== 'list' && verb !== 'purge') throw new Usage(verb ?? 'say which of list, purge');
  none(more);
  const { reason } = values;
  if (verb === 'purge' && reason === undefined) throw new Usage('--reason says why: it is kept');
  return { verb, ...values, reason, who: values.who ?? userInfo().username } as const;
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
async function purge(ask: Ask, services: readonly string[], typed: Typed, terminal: Terminal): Promise<number> {
  const answers: (Purged | { readonly service: string; readonly refused: string })[] = [];
  for (const service of services) {
    const answer = await purgeOne(ask, service, typed, terminal).catch((error: Error) => {
      if (isUnreachable(error)) throw error;
      terminal.hint(`${service}: ${error.message}`);
      return { service, refused: error.message };
    });
    answers.push(answer);
    if (!typed.json && 'does' in answer)
      terminal.say(
        `${service}: ${answer.outcome === 'would' ? `it ${answer.does}` : `it ${answer.does}, and is done`}`,
      );
  }
  if (typed.json) terminal.say(JSON.stringify({ services: answers }, null, 2));
  if (!typed.yes) terminal.hint('nothing is done: add --yes to do it');
  return answers.some((answer) => 'refused' in answer) ? exits.differs : exits.fine;
}

/** Each answer has the version with which the next one goes on. */
async function purgeOne(ask: Ask, service: string, { who, reason, yes }: Typed, terminal: Terminal): Promise<Purged> {
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
