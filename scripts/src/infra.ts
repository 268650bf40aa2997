import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { shown } from './infra/answers';
import { componentNames, databases, type Database } from './infra/component';
import { Infra, type Status } from './infra/infra';
import { isPartName, type PartName } from './infra/parts';
import { root } from './infra/root';

const help = `Starts Kafka, a schema registry and MySQL for this checkout, and stops them.

  npm run infra -- start   [--component NAME] [--brokers 1] [--database mariadb|mysql]
                                                         what does not run yet; ends when all answer
  npm run infra -- stop    [--component NAME] [--clean]  --clean removes the data as well
  npm run infra -- status  [--json]                      what runs where, and whether it answers
  npm run infra -- env     [--json]                      the addresses: export $(npm run -s infra -- env)
  npm run infra -- logs    [--component NAME] [--lines 100] [--follow]

NAME is ${componentNames.join(', ')}, or a broker of several, such as kafka-2; --component may be repeated, and means all when left out.

With --brokers 3 (or any number up to 9) Kafka is a cluster: each broker is a process with a folder, a log and ports of its own,
also where there is a Docker engine, which has one broker here. --database chooses where both are installed, and mariadb is not
had from Docker. A later start goes on with what has data; to begin with another number or database, stop with --clean first.

Each comes from the first place that has it: KAFKA_BROKERS, SCHEMA_REGISTRY_URL and MYSQL_URL in the environment; a Docker
engine that answers; programs of this machine (Java and Maven, MariaDB or MySQL). Data, logs and ports are in .data/infra (or
DATA_DIR/infra), what is fetched is in ~/.cache/saga-kit (or SAGA_KIT_CACHE).

Ends with 0 when all is well, 1 when something failed or does not answer, 2 for a command that is not understood, 3 when
something has to be installed first, 130 when interrupted: what it had begun is stopped again.`;

async function main(): Promise<number> {
  const { values, positionals } = parse();
  const [command, ...more] = positionals;
  const { clean, json, follow, component, help: wantsHelp } = values;
  if (wantsHelp) return print(help);
  if (!command || !Object.hasOwn(commands, command) || more.length > 0)
    throw new Misunderstood(`${positionals.join(' ') || 'no command'}`);
  const parts = component?.map(partOf) ?? componentNames;
  if (command !== 'start' && (values.brokers ?? values.database) !== undefined)
    throw new Misunderstood(`--brokers and --database are for start, and not for ${command}`);
  const lines = Number(values.lines);
  if (!Number.isInteger(lines) || lines < 1) throw new Misunderstood(`--lines ${values.lines}`);
  const infra = new Infra(resolve(root, process.env['DATA_DIR'] || '.data', 'infra'), {
    env: process.env,
    say: (line) => console.error(line),
  });
  return commands[command as keyof typeof commands](infra, {
    parts,
    brokers: brokersOf(values.brokers),
    database: databaseOf(values.database),
    clean,
    json,
    follow,
    lines,
  });
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

const commands = {
  async start(infra: Infra, { parts, brokers, database }: Wanted): Promise<number> {
    const interrupted = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => interrupted.abort(new Interrupted(`${signal}: stopping what was begun`)));
    const missing = await infra.start(parts, { brokers, database, signal: interrupted.signal });
    for (const { name, lacking } of missing) console.error(`${name.padEnd(9)} ${lacking}`);
    return missing.length === 0 ? print(addressLines(infra)) : 3;
  },
  async stop(infra: Infra, { parts, clean }: Wanted): Promise<number> {
    await infra.stop(parts, { clean });
    return 0;
  },
  async status(infra: Infra, { json }: Wanted): Promise<number> {
    const all = await infra.status();
    print(json ? JSON.stringify(all) : all.map(statusLine).join('\n'));
    return all.every(({ answers }) => answers) ? 0 : 1;
  },
  async env(infra: Infra, { json }: Wanted): Promise<number> {
    print(json ? JSON.stringify(infra.addresses) : addressLines(infra));
    return Object.keys(infra.addresses).length === componentNames.length ? 0 : 1;
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

function parse() {
  const options = {
    component: { type: 'string', multiple: true },
    brokers: { type: 'string' },
    database: { type: 'string' },
    clean: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    follow: { type: 'boolean', default: false },
    lines: { type: 'string', default: '100' },
    help: { type: 'boolean', default: false },
  } as const;
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new Misunderstood((error as Error).message);
  }
}

function partOf(given: string): PartName {
  if (!isPartName(given)) throw new Misunderstood(`--component ${given}`);
  return given;
}

function brokersOf(given: string | undefined): number | undefined {
  if (given === undefined || /^[1-9]$/.test(given)) return given === undefined ? undefined : Number(given);
  throw new Misunderstood(`--brokers ${given}: it is a whole number from 1 to 9`);
}

function databaseOf(given: string | undefined): Database | undefined {
  const database = databases.find((each) => each === given);
  if (given === undefined || database) return database;
  throw new Misunderstood(`--database ${given}: it is ${databases.join(' or ')}`);
}

function print(text: string): number {
  if (text) console.log(text);
  return 0;
}

class Misunderstood extends Error {}
class Interrupted extends Error {}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(
      error instanceof Misunderstood ? `not understood: ${error.message}\n\n${help}` : (error as Error).message,
    );
    process.exitCode = error instanceof Misunderstood ? 2 : error instanceof Interrupted ? 130 : 1;
  },
);
