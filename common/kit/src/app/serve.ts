import type { RunningSystem } from './embedded';
import { kafkaGuarantees, startOnKafka } from './on-kafka';
import { onlyHelp } from './only-help';
import type { ServiceLiteral } from './service-literal';
import { serviceSettings, settingsFrom } from './settings';

const stopMs = 15_000;

/** Runs a service in this process, as its environment says, until it is told to stop. Its exit code is 1 when it had to give up. */
export function serve(literal: ServiceLiteral): void {
  onlyHelp(usageOf(literal));
  run(`${literal.name} is`, kafkaGuarantees, () =>
    startOnKafka(literal, settingsFrom(serviceSettings, process.env), giveUp),
  );
}

const usageOf = ({
  name,
}: ServiceLiteral): string => `Runs one instance of the ${name} service on Kafka, a schema registry and MySQL, until it is told to stop.

  PROFILE=kafka npx saga-kit start ${name}

It takes no arguments. It needs KAFKA_BROKERS, SCHEMA_REGISTRY_URL and MYSQL_URL, and listens on PORT (3000 if it is not set);
"npx saga-kit settings" prints all that can be set. Ends with 0 when it was told to stop, with 1 when it had to give up.`;

/**
 * Starts something, says so, and stops it on SIGINT and SIGTERM, and when the process that started this one is gone. Who
 * has a channel to this process is sent `{ ready: url }`.
 */
export function run(
  what: string,
  guarantees: Readonly<Record<string, string>>,
  start: () => Promise<Pick<RunningSystem, 'url' | 'stop'>>,
): void {
  const beganAt = performance.now();
  void Promise.resolve()
    .then(start)
    .then((started) => {
      const stop = () => {
        setTimeout(() => process.exit(1), stopMs).unref();
        started.stop().then(() => process.exit(0), giveUp);
      };
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
      process.once('disconnect', stop);
      console.log(`${what} ready on ${started.url} after ${Math.round(performance.now() - beganAt)} ms`);
      const facts = { ...guarantees, process: process.pid }; // npm itself is another process
      for (const [name, fact] of Object.entries(facts)) console.log(`  ${name.padEnd(10)} ${fact}`);
      process.send?.({ ready: started.url });
    }, giveUp);
}

/** Says why, and ends the process. */
export function giveUp(error: unknown): never {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
