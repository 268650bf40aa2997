import { z } from 'zod';
import { command, none, parse } from '../command/command';
import { exits, tableText } from '../command/terminal';
import { askerAt, askOptions, isUnreachable, servicesAt } from './ask';

const help = `Shows what operators have done, the latest first: who, when, what, and why.

  npx saga-kit audit [--url http://localhost:3000] [--json]

It prints the latest 500 of each service that runs at --url. ADMIN_TOKEN, where it is set, is sent as a bearer token.

Ends with 0; with 1 when the services refuse, 2 when the command is wrong, 3 when nobody answers.`;

const latest = 500;
const Page = z.object({
  items: z.array(
    z.looseObject({ at: z.string(), who: z.string(), verb: z.string(), subject: z.string(), reason: z.string() }),
  ),
});

/** The command. */
export const audit = command({ help, isUnreachable }, async (args, terminal) => {
  const { positionals, values } = parse(args, askOptions);
  none(positionals);
  const ask = askerAt(values.url, terminal);
  const all = await Promise.all(
    (await servicesAt(ask)).map(async (service) => {
      const { items } = Page.parse(await ask('GET', `/admin/services/${service}/audit?limit=${latest}`));
      return items.map((item) => ({ service, ...item }));
    }),
  );
  const items = all.flat().sort((one, other) => other.at.localeCompare(one.at)); // those of one moment stay in their order
  if (values.json) terminal.say(JSON.stringify({ items }, null, 2));
  else if (items.length === 0) terminal.say('nobody has done anything');
  else
    terminal.say(
      tableText(
        ['at', 'who', 'verb', 'service', 'subject', 'reason'],
        items.map(({ at, who, verb, service, subject, reason }) => [at, who, verb, service, subject, reason]),
      ),
    );
  return exits.fine;
});
