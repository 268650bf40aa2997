import { definitionsSchema, type OpenInstances, routingOf, strandedBy } from 'saga-kit/tools';
import { command, parse, verbOf } from '../command/command';
import { exits, type Terminal } from '../command/terminal';
import type { LoadedConfig } from '../config';
import { askerAt, askOptions, isUnreachable, type Ask } from './ask';

const help = `Says which sagas that are under way could not go on with the program that is here, before it is deployed.

  npx saga-kit definitions check [--url http://localhost:3000] [--json]

It asks the services that run at --url where their sagas stand, and compares that with the sagas of the configuration: the
steps up to the one where an instance stands have to be the same, and its state has to be readable. A service refuses to
start otherwise. ADMIN_TOKEN, where it is set, is sent as a bearer token.

Ends with 0 when every open saga can go on, with 1 when one cannot, with 2 when the command or the configuration is wrong,
with 3 when nobody answers.`;

interface Checked {
  readonly service: string;
  readonly saga: string;
  readonly open: number;
  readonly faults: readonly string[];
}

/** The command. */
export const definitions = command<[LoadedConfig]>({ help, isUnreachable }, async (args, terminal, { services }) => {
  const { positionals, values } = parse(args, askOptions);
  verbOf(positionals, ['check']);
  const ask = askerAt(values.url, terminal);
  const checked: Checked[] = [];
  for (const service of services) {
    const { sagas } = routingOf(service);
    if (sagas.length === 0) continue;
    const running = await instancesOf(ask, service.name);
    for (const saga of sagas) {
      const instances = running[saga.name] ?? { known: [], open: [] };
      const open = instances.open.reduce((sum, { count }) => sum + count, 0);
      checked.push({ service: service.name, saga: saga.name, open, faults: faultsOf(saga, instances) });
    }
  }
  return report(checked, values.json, terminal);
});

async function instancesOf(ask: Ask, service: string): Promise<Readonly<Record<string, OpenInstances>>> {
  const { sagas } = definitionsSchema.parse(
    await ask('GET', `/admin/services/${encodeURIComponent(service)}/definitions`),
  );
  return sagas;
}

/** A state that cannot be read is a fault like any other. */
function faultsOf(saga: Parameters<typeof strandedBy>[0], instances: OpenInstances): readonly string[] {
  try {
    return strandedBy(saga, instances);
  } catch (error) {
    return [`saga ${saga.name}: its open instances cannot be read: ${(error as Error).message}`];
  }
}

function report(checked: readonly Checked[], json: boolean, terminal: Terminal): number {
  if (json) terminal.say(JSON.stringify({ sagas: checked }, null, 2));
  for (const { service, saga, open, faults } of checked) {
    if (!json && faults.length === 0) terminal.say(`${service}: ${saga}, ${open} open: they go on`);
    for (const fault of faults) terminal.hint(`${service}: ${fault}`);
  }
  const isStranded = checked.some(({ faults }) => faults.length > 0);
  if (isStranded)
    terminal.hint('Let them end with the program that began them, or keep the steps that they have gone through');
  return isStranded ? exits.differs : exits.fine;
}
