import { consumerSchema } from 'saga-kit/tools';
import type { z } from 'zod';
import { command, none, parse, Usage } from '../command/command';
import { exits, tableText, type Terminal } from '../command/terminal';
import { act, actingOf, actOptions } from './act';
import { askerAt, askOptions, isUnreachable, servicesAt } from './ask';

const help = `Shows what services have not handled yet, and why; pauses a topic for all instances of a service, and resumes it.

  npx saga-kit consumers list
  npx saga-kit consumers pause <service>/<topic> --reason <why> [--yes]   nothing of it is handled from now on
  npx saga-kit consumers resume <service>/<topic> --reason <why> [--yes]  what has come meanwhile is handled, in order

list prints the topics of each service with their lag in records, and what is held back; --json each partition of them.
A pause holds for all instances within a second, and when they are started again. Nothing is lost meanwhile, as long as the
topic keeps it.

Without --yes an act is only described. Who has done it (--who, else your user name) and why is kept in kit_audit.

  --url http://localhost:3000  where the services run; ADMIN_TOKEN, where it is set, is sent as a bearer token
  --json                       prints data

Ends with 0; with 1 when there is no such topic, the act cannot be, or it was too late; with 2 when the command is wrong,
with 3 when nobody answers.`;

type Consumer = z.output<typeof consumerSchema>;

/** Sees what services read, and pauses a topic. */
export const consumers = command({ help, isUnreachable }, async (args, terminal) => {
  const { positionals, values } = parse(args, { ...askOptions, ...actOptions });
  const [verb, id = '', ...more] = positionals;
  if (verb !== 'list' && verb !== 'pause' && verb !== 'resume')
    throw new Usage(verb ?? 'say which of list, pause, resume');
  none(verb === 'list' && id !== '' ? [id] : more);
  const ask = askerAt(values.url, terminal);
  if (verb === 'list') {
    const names = await servicesAt(ask);
    const all = names.map(async (name) => consumerSchema.parse(await ask('GET', `/admin/services/${name}/consumer`)));
    return show(await Promise.all(all), values.json, terminal);
  }
  const [, service, topic] = /^([^/]+)\/(.+)$/.exec(id) ?? [];
  if (!service || !topic) throw new Usage('say which <service>/<topic>: "npx saga-kit consumers list" names them');
  const path = `/admin/services/${encodeURIComponent(service)}/consumer/topics/${encodeURIComponent(topic)}/${verb}`;
  return act(ask, { path, verb, id }, actingOf(values), terminal);
});

function show(all: readonly Consumer[], json: boolean, terminal: Terminal): number {
  if (json) terminal.say(JSON.stringify({ consumers: all }, null, 2));
  else {
    const rows = all.flatMap(({ service, topics }) =>
      topics.map(({ topic, paused, partitions }) => [
        service,
        topic,
        paused ? 'paused' : '',
        partitions.some(({ lag }) => lag === null) ? '?' : partitions.reduce((sum, { lag }) => sum + (lag ?? 0), 0),
        [...new Set(partitions.flatMap(({ heldBack }) => heldBack ?? []))].join('; '),
      ]),
    );
    terminal.say(tableText(['service', 'topic', 'paused', 'lag', 'held back'], rows));
    terminal.say(tableText(['service', 'outbox', 'oldest', 'timers due', 'next'], all.map(waitsOf)));
  }
  return exits.fine;
}

const waitsOf = ({ service, outbox, timers }: Consumer) => [
  service,
  outbox.waiting,
  `${outbox.oldestSeconds.toFixed(1)} s`,
  timers.due,
  timers.nextAt ?? '',
];
