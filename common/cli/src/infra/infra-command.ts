import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { command, Interrupted, parse, Usage, verbOf, wholeNumber } from '../command/command';
import { exits, type Terminal } from '../command/terminal';
import { shown } from './answers';
import { componentNames, databases, type Database } from './component';
import { Infra, type Status } from './infra';
import { isPartName, type PartName } from './parts';

const help = `Starts Kafka, a schema registry and MySQL for this folder, and stops them.

  npx saga-kit infra start   [--component NAME] [--brokers 1] [--database mariadb|mysql]
                                                         what does not run yet; ends when all answer
  npx saga-kit infra stop    [--component NAME] [--clean]  --clean removes the data as well
  npx saga-kit infra status  [--json]                      what runs where, and whether it answers
  npx saga-kit infra env     [--json]                      the addresses: export $(npx saga-kit infra env)
  npx saga-kit infra logs    [--component NAME] [--lines 100] [--follow]

NAME is ${componentNames.join(', ')}, or a broker of several, such as kafka-2; --component may be repeated, and means all when left out.

With --brokers 3 (or any number up to 9) Kafka is a cluster: each broker is a process with a folder, a log and ports of its own,
also where there is a Docker engine, which has one broker here. --database chooses where both are installed, and mariadb is not
had from Docker. A later start goes on with what has data; to begin with another number or database, stop with --clean first.

Each comes from the first place that has it: KAFKA_BROKERS, SCHEMA_REGISTRY_URL and MYSQL_URL in the environment; a Docker
engine that answers; programs of this machine (Java and Maven, MariaDB or MySQL). Data, logs and ports are in .data/infra (or
DATA_DIR/infra), what is fetched is in ~/.cache/saga-kit (or SAGA_KIT_CACHE).

Ends with 0 when all is well, 1 when something failed or does not answer, 2 when the command is wrong, 3 when
something has to be installed first, 130 when interrupted: what it had begun is stopped again.`;

/** The command. */
export const infra = command({ help }, async (args, terminal) => {
  const { verb, ...wanted } = typed(args);
  const say = (line: string) => terminal.hint(line);
  const here = new Infra(resolve(terminal.env['DATA_DIR'] || '.data', 'infra'), { env: terminal.env, say });
  return verbs[verb](here, wanted, terminal);
});

function typed(args: readonly string[]) {
  const { positionals, values } = parse(args, {
    component: { type: 'string', multiple: true },
    brokers: { type: 'string' },
    database: { type: 'string' },
    clean: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    follow: { type: 'boolean', default: false },
    lines: { type: 'string', default: '100' },
  });
  const verb = verbOf(positionals, ['start', 'stop', 'status', 'env', 'logs']);
  const { component, brokers, database, lines, ...flags } = values;
  if (verb !== 'start' && (brokers ?? database) !== undefined)
    throw new Usage(`--brokers and --database are for start, and not for ${verb}`);
  return {
    verb,
    parts: component?.map(partOf) ?? componentNames,
    brokers: brokers === undefined ? undefined : wholeNumber('brokers', brokers, [1, 9]),
    database: databaseOf(database),
    lines: wholeNumber('lines', lines, [1, 1_000_000]),
    ...flags,
  };
}

interface Wanted {
  readonly parts: readonly PartName[];
  readonly brokers: number | undefined;
  readonly database: Database | undefined;
  readonly clean: boolean;
  readonly json: boolean;
  readonly follow: boolean;
  readonly lines: number;
}

const verbs = {
  async start(infra: Infra, { parts, brokers, database }: Wanted, terminal: Terminal): Promise<number> {
    const interrupted = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => interrupted.abort(new Interrupted(`${signal}: stopping what was begun`)));
    const missing = await infra.start(parts, { brokers, database, signal: interrupted.signal });
    for (const { name, lacking } of missing) terminal.hint(`${name.padEnd(9)} ${lacking}`);
    if (missing.length > 0) return exits.unreachable;
    terminal.say(addressLines(infra));
    return exits.fine;
  },
  async stop(infra: Infra, { parts, clean }: Wanted): Promise<number> {
    await infra.stop(parts, { clean });
    return exits.fine;
  },
  async status(infra: Infra, { json }: Wanted, terminal: Terminal): Promise<number> {
    const all = await infra.status();
    terminal.say(json ? JSON.stringify(all) : all.map(statusLine).join('\n'));
    return all.every(({ answers }) => answers) ? exits.fine : exits.differs;
  },
  async env(infra: Infra, { json }: Wanted, terminal: Terminal): Promise<number> {
    const count = Object.keys(infra.addresses).length;
    if (json) terminal.say(JSON.stringify(infra.addresses));
    else if (count > 0) terminal.say(addressLines(infra));
    return count === componentNames.length ? exits.fine : exits.differs;
  },
  async logs(infra: Infra, { parts, follow, lines }: Wanted): Promise<number> {
    const { files, contained } = infra.logs(parts);
    if (files.length > 0) return show(['tail', '-n', `${lines}`, ...(follow ? ['-F'] : []), ...files]);
    if (contained.length > 0) return show(infra.compose.logs(lines, follow, contained));
    throw new Error('nothing was started here, so there are no logs');
  },
};

const addressLines = ({ addresses }: Infra): string =>
  Object.entries(addresses)
    .map(([variable, address]) => `${variable}=${address}`)
    .join('\n');

function statusLine({ name, from, address, pid, answers }: Status): string {
  const where = address === undefined ? '' : `${shown(address)}${pid === undefined ? '' : `, process ${pid}`}: `;
  return `${name.padEnd(9)} ${from.padEnd(8)} ${where}${from === 'stopped' ? '' : answers ? 'answers' : 'DOES NOT ANSWER'}`.trimEnd();
}

function show([program, ...args]: readonly string[]): Promise<number> {
  const child = spawn(program!, args, { stdio: 'inherit' });
  return new Promise((resolve, reject) => child.once('error', reject).once('exit', (code) => resolve(code ?? 0)));
}

function partOf(given: string): PartName {
  if (!isPartName(given)) throw new Usage(`--component ${given}: there is no such component`);
  return given;
}

function databaseOf(given: string | undefined): Database | undefined {
  const database = databases.find((each) => each === given);
  if (given === undefined || database) return database;
  throw new Usage(`--database ${given}: it is ${databases.join(' or ')}`);
}
