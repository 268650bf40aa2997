import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { stubRules } from '@saga-kit/contracts';
import {
  brokerSettings,
  commonSettings,
  giveUp,
  routingOf,
  openOnKafka,
  run,
  settingsFrom,
  systemEnvironment,
  Teardown,
} from 'saga-kit/app';
import { openSqlite } from 'saga-kit/sql';
import { stub, stubRulesSchema, type StubRule } from 'saga-kit/testing';
import { parsed } from './command/terminal';
import { services } from './services';

const help = `Plays services on the real topics, so that the others can be tried without them.

  npm run stub -- user kitchen payment [--rules rules.json]

A rule is {"command": "Pay", "when": {"userId": {"divisibleBy": 2}}, "refuse": "REJECT_DURING_PAYMENT"}, or has a "reply"
instead of "refuse"; the first that fits decides, and without one the answer is yes. The rules that hold if there is no file
are in common/contracts/src/stub-rules.ts. A stub takes the place of the service: it has its consumer group. It keeps what
it has answered in memory.

Ends with 2 when the command or the file of the rules is wrong, with 1 when it cannot go on.`;

const settingsOfStubs = brokerSettings.extend(commonSettings.pick({ LOG_LEVEL: true }).shape);

function main(): void {
  const { names, rules } = typed();
  const played = services.filter(({ name }) => names.includes(name));
  const settings = settingsFrom(settingsOfStubs, process.env);
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
}

async function play(
  service: (typeof services)[number],
  rules: readonly StubRule[],
  settings: ReturnType<typeof settingsFrom<typeof settingsOfStubs>>,
  teardown: Teardown,
): Promise<void> {
  const { name } = service;
  const stores = await openSqlite({ file: ':memory:', migrations: [] });
  teardown.add(() => stores.database.close());
  const contracts = routingOf(service)
    .listening()
    .flatMap(({ contract }) => contract ?? []);
  const environment = systemEnvironment(name, settings.LOG_LEVEL);
  const on = { instance: `${name}-stub`, stores, environment, settings, fatal: giveUp };
  await openOnKafka(stub(name, contracts, rules), on, teardown);
}

function typed() {
  const { positionals: names, values } = parsed(help, () =>
    parseArgs({
      allowPositionals: true,
      options: { rules: { type: 'string' }, help: { type: 'boolean', default: false } },
    }),
  );
  if (values.help) {
    console.log(help);
    process.exit(0);
  }
  const known = services.map(({ name }) => name).filter((name) => name !== 'order');
  const unknown = names.filter((name) => !known.includes(name));
  if (names.length === 0 || unknown.length > 0)
    return wrong(
      `which of ${known.join(', ')}?${unknown.length > 0 ? ` There is no stub of ${unknown.join(', ')}.` : ''}`,
    );
  return { names, rules: values.rules === undefined ? stubRules : rulesIn(values.rules) };
}

function rulesIn(file: string): readonly StubRule[] {
  try {
    return stubRulesSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) as readonly StubRule[];
  } catch (error) {
    return wrong(`${file}: ${(error as Error).message}`);
  }
}

function wrong(message: string): never {
  console.error(`${message}\n\n${help}`);
  process.exit(2);
}

try {
  main();
} catch (error) {
  giveUp(error);
}
