import { registrySettings, settingsFrom } from 'saga-kit/tools';
import { type RegisteredSchema, RegistryUnavailable } from 'saga-kit/runtime';
import { ConfluentRegistry } from 'saga-kit/kafka';
import { command, configured, parse, Usage, verbOf } from '../command/command';
import { exits, progress, tableText, type Terminal } from '../command/terminal';
import { verdictOn, verdictText, type Verdict } from './verdict';

const help = `Registers the schemas of all that the services send, each under the subject <topic>-<record>.

  npx saga-kit schemas register [--dry-run]  registers what is new, unless something is incompatible: then nothing
  npx saga-kit schemas check                 says what register would do, and which fields break which rule
  npx saga-kit schemas list                  what is registered
  --json  one JSON document on the standard output        --help  this

SCHEMA_REGISTRY_URL is the registry's Confluent API, with user:password@ where it asks for one.
Every version of a schema has to read every other: old and new instances run side by side, and topics keep old values. A
new subject gets the level FULL_TRANSITIVE; a level that somebody has set stays, and is reported.

Ends with 0 when all is well, 1 when a schema is incompatible, 2 when the command or a setting is wrong, 3 when the
registry does not answer.`;

type Wanted = ReadonlyMap<string, RegisteredSchema>;

/** The command; `wanted` are schemas by subject. */
export const schemas = command<[wanted: Wanted]>(
  { help, isUnreachable: (error) => error instanceof RegistryUnavailable },
  async (args, terminal, wanted) => {
    const { verb, dryRun, json } = typed(args);
    const { SCHEMA_REGISTRY_URL: url } = configured(() => settingsFrom(registrySettings, terminal.env));
    const task = { registry: new ConfluentRegistry(url), terminal, wanted, json };
    if (verb === 'list') return list(task);
    return verb === 'check' || dryRun ? check(task) : register(task);
  },
);

interface Task {
  readonly registry: ConfluentRegistry;
  readonly terminal: Terminal;
  readonly wanted: Wanted;
  readonly json: boolean;
}

function typed(args: readonly string[]) {
  const { positionals, values } = parse(args, {
    'dry-run': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  const verb = verbOf(positionals, ['register', 'check', 'list']);
  const { json, 'dry-run': dryRun } = values;
  if (dryRun && verb !== 'register') throw new Usage(`--dry-run is for register, and not for ${verb}`);
  return { verb, dryRun, json };
}

async function check(task: Task): Promise<number> {
  const verdicts = await verdictsOn(task);
  return report(task, verdicts);
}

/** All or nothing, as far as a registry allows: two deployments at once may still meet in the middle. */
async function register(task: Task): Promise<number> {
  const verdicts = await verdictsOn(task);
  if (verdicts.some(({ status }) => status === 'incompatible')) return report(task, verdicts);
  const registered: Verdict[] = [];
  const tell = progress(task.terminal, 'registering', verdicts.length);
  for (const verdict of verdicts) {
    const id = await task.registry.register(verdict.subject, task.wanted.get(verdict.subject)!);
    registered.push(verdict.status === 'unchanged' ? verdict : { ...verdict, status: 'registered', id });
    tell(registered.length);
  }
  return report(task, registered);
}

async function verdictsOn({ registry, terminal, wanted }: Task): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  const tell = progress(terminal, 'comparing', wanted.size);
  for (const [subject, schema] of wanted) {
    verdicts.push(await verdictOn(registry, subject, schema));
    tell(verdicts.length);
  }
  return verdicts;
}

function report({ terminal, json }: Task, verdicts: readonly Verdict[]): number {
  const incompatible = verdicts.filter(({ status }) => status === 'incompatible').length;
  if (json) terminal.say(JSON.stringify({ subjects: verdicts }, null, 2));
  else terminal.say(verdicts.map(verdictText).join('\n'));
  if (incompatible > 0)
    terminal.hint(
      `${incompatible} of ${verdicts.length} subjects are incompatible, and nothing was registered. What older instances cannot read is another contract: give it another name.`,
    );
  return incompatible > 0 ? exits.differs : exits.fine;
}

async function list({ registry, terminal, wanted, json }: Task): Promise<number> {
  const rows: { subject: string; version?: number; id?: number; isCurrent: boolean }[] = [];
  const tell = progress(terminal, 'listing', wanted.size);
  for (const [index, [subject, schema]] of [...wanted].entries()) {
    const current = await registry.idOf(subject, schema);
    const versions = await registry.versionsOf(subject);
    if (versions.length === 0) rows.push({ subject, isCurrent: false });
    for (const { version, id } of versions) rows.push({ subject, version, id, isCurrent: id === current });
    tell(index);
  }
  const cells = rows.map(({ subject, version = '-', id = '-', isCurrent }) => [
    subject,
    version,
    id,
    isCurrent ? 'yes' : 'no',
  ]);
  terminal.say(
    json ? JSON.stringify({ versions: rows }, null, 2) : tableText(['SUBJECT', 'VERSION', 'ID', 'SENT'], cells),
  );
  return exits.fine;
}
