import { asksForHelp, command, Misconfigured, Usage } from './command/command';
import { exits, type Terminal } from './command/terminal';
import { trafficOf } from './command/traffic';
import { loadConfig, noConfig, type LoadedConfig } from './config';
import { consoleCommand } from './console/console-command';
import { asyncapi } from './documents/asyncapi';
import { diagram } from './documents/diagram';
import { infra } from './infra/infra-command';
import { begin } from './new/new';
import { audit } from './operate/audit';
import { consumers } from './operate/consumers';
import { definitions } from './operate/definitions';
import { parked } from './operate/parked';
import { sagas } from './operate/sagas';
import { projections } from './operate/projections';
import { retention } from './operate/retention';
import { schemas } from './schemas/schemas';
import { settings } from './settings/settings';
import { sim } from './simulate/sim';
import { start } from './start/start';
import { stub } from './stub/stub';
import { acls, rightsOf } from './topics/acls';
import { topics } from './topics/topics';

interface Listed {
  readonly does: string;
  readonly run: (args: readonly string[], terminal: Terminal, config: LoadedConfig) => Promise<number>;
  /** It needs no configuration. */
  readonly alone?: true;
}

/** Every command, by the name that it is called by. */
export const commands: Readonly<Record<string, Listed>> = {
  start: { does: 'run the services', run: start },
  topics: {
    does: 'create and check the topics that they send to and listen on',
    run: ([verb, ...more], terminal, { services }) =>
      verb === 'acls' && !asksForHelp(more)
        ? acls(more, terminal, rightsOf(services))
        : topics(verb === undefined ? [] : [verb, ...more], terminal, trafficOf(services).topics),
  },
  schemas: {
    does: 'register and check the schemas of all that they send',
    run: (args, terminal, { services }) => schemas(args, terminal, trafficOf(services).schemas),
  },
  asyncapi: { does: 'describe all that is sent and listened to, as AsyncAPI', run: asyncapi },
  diagram: { does: 'draw the services and their topics, or a saga', run: diagram },
  stub: { does: 'play services on Kafka, by rules', run: stub },
  sim: { does: 'simulate them while everything fails, and judge what was seen', run: sim },
  console: { does: 'show the services in a browser', run: consoleCommand, alone: true },
  sagas: { does: 'show sagas and why each waits, and move one', run: sagas, alone: true },
  parked: { does: 'show parked messages, replay or drop one', run: parked, alone: true },
  consumers: { does: 'show what is not handled yet, pause or resume a topic', run: consumers, alone: true },
  retention: { does: 'show what services keep and for how long, and purge what is old', run: retention, alone: true },
  audit: { does: 'show what operators have done', run: audit, alone: true },
  definitions: { does: 'say which open sagas a new program would strand', run: definitions },
  projections: { does: 'show how far read models are, and rebuild one', run: projections, alone: true },
  settings: { does: 'print the environment variables', run: settings, alone: true },
  infra: { does: 'start and stop Kafka, a schema registry and MySQL on this machine', run: infra, alone: true },
  new: { does: 'write the beginning of a service, a message or a step of a saga', run: begin, alone: true },
};

const width = Math.max(...Object.keys(commands).map((name) => name.length));

const help = `Runs services that are written with saga-kit, prepares what they run on, and writes new ones.

${Object.entries(commands)
  .map(([name, { does }]) => `  npx saga-kit ${name.padEnd(width)}  ${does}; --help says how`)
  .join('\n')}

saga-kit.config.js, .cjs or .mjs in this folder says what the services are; --config <file> names another file.

Ends with 0 when all is well, 1 when something failed or is not as it should be, 2 when the command, a setting or the
configuration is wrong, 3 when somebody does not answer or has to be installed first, 130 when interrupted.`;

const unlisted = command({ help }, async ([name], terminal) => {
  if (name !== undefined) throw new Usage(name);
  terminal.say(help);
  return exits.fine;
});

/** The whole command; `args` begin with the name of one of its own. Resolves with the exit code. */
export async function sagaKit(args: readonly string[], terminal: Terminal, folder = process.cwd()): Promise<number> {
  const { file, rest } = withoutConfig(args);
  const [name, ...own] = rest;
  const listed = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!listed) return unlisted(rest, terminal);
  if (listed.alone || asksForHelp(own)) return listed.run(own, terminal, noConfig);
  try {
    return await listed.run(own, terminal, await loadConfig(folder, file));
  } catch (error) {
    terminal.hint((error as Error).message);
    return error instanceof Misconfigured ? exits.usage : exits.differs;
  }
}

/** `--config` is for every command, and may stand anywhere. */
function withoutConfig(args: readonly string[]): { readonly file: string | undefined; readonly rest: string[] } {
  const at = args.findIndex((each) => each === '--config' || each.startsWith('--config='));
  if (at === -1) return { file: undefined, rest: [...args] };
  const isJoined = args[at] !== '--config';
  const file = isJoined ? args[at]!.slice('--config='.length) : args[at + 1];
  return { file: file ?? '', rest: args.toSpliced(at, isJoined ? 1 : 2) };
}
