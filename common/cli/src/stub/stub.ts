import { readFileSync } from 'node:fs';
import type { ServiceLiteral } from 'saga-kit/service';
import {
  brokerSettings,
  commonSettings,
  giveUp,
  openOnKafka,
  openSqlite,
  routingOf,
  run,
  settingsFrom,
  systemEnvironment,
  Teardown,
} from 'saga-kit/tools';
import { stub as stubOf, stubRulesSchema, type StubRule } from 'saga-kit/testing';
import { command, configured, Misconfigured, parse, Usage } from '../command/command';
import { exits } from '../command/terminal';
import type { LoadedConfig } from '../config';

const help = `Plays services on the real topics, so that the others can be tried without them.

  npx saga-kit stub <service>... [--rules rules.json]

A rule is {"command": "Pay", "when": {"userId": {"divisibleBy": 2}}, "refuse": "REJECT_DURING_PAYMENT"}, or has a "reply"
instead of "refuse"; the first that fits decides, and without one the answer is yes. The rules that hold if there is no file
are the stubRules of saga-kit.config. A stub takes the place of the service: it has its consumer group. It keeps what it has
answered in memory.

Ends with 0 when it was told to stop, with 1 when it cannot go on, with 2 when the command, a setting or the file of the rules
is wrong.`;

const settingsOfStubs = brokerSettings.extend(commonSettings.pick({ LOG_LEVEL: true }).shape);

/** The command. It resolves as soon as the stubs have begun to start, which end the process by themselves. */
export const stub = command<[LoadedConfig]>({ help }, async (args, terminal, { services, stubRules }) => {
  const { positionals: names, values } = parse(args, { rules: { type: 'string' } });
  const played = chosen(services, names);
  const rules = values.rules === undefined ? stubRules : rulesIn(values.rules);
  const settings = configured(() => settingsFrom(settingsOfStubs, terminal.env));
  run(`stubs of ${names.join(', ')} are`, {}, async () => {
    const teardown = new Teardown();
    try {
      for (const service of played) await play(service, rules, settings, teardown);
    } catch (error) {
      await teardown.run().catch(() => {});
      throw error;
    }
    return { url: settings.KAFKA_BROKERS.join(','), stop: () => teardown.run() };
  });
  return exits.fine;
});

async function play(
  service: ServiceLiteral,
  rules: readonly StubRule[],
  settings: ReturnType<typeof settingsFrom<typeof settingsOfStubs>>,
  teardown: Teardown,
): Promise<void> {
  const { name } = service;
  const stores = await openSqlite({ file: ':memory:', migrations: [] });
  teardown.add(() => stores.database.close());
  const environment = systemEnvironment(name, settings.LOG_LEVEL);
  const on = { instance: `${name}-stub`, stores, environment, settings, fatal: giveUp };
  await openOnKafka(stubOf(name, contractsOf(service), rules), on, teardown);
}

/** Who takes commands or events can be played. */
function chosen(services: readonly ServiceLiteral[], names: readonly string[]): readonly ServiceLiteral[] {
  const playable = services.filter((service) => contractsOf(service).length > 0);
  const known = playable.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  const which = `which of ${known.join(', ')}?`;
  if (unknown.length > 0) throw new Usage(`${which} There is no stub of ${unknown.join(', ')}.`);
  if (names.length === 0) throw new Usage(which);
  return playable.filter(({ name }) => names.includes(name));
}

/** What a service listens to by itself. The answers to its own sagas are not among it. */
const contractsOf = (service: ServiceLiteral) =>
  routingOf(service)
    .listening()
    .flatMap(({ contract }) => contract ?? []);

function rulesIn(file: string): readonly StubRule[] {
  try {
    return stubRulesSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) as readonly StubRule[];
  } catch (error) {
    throw new Misconfigured(`${file}: ${(error as Error).message}`, { cause: error });
  }
}
