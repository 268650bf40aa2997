import type { RunningSystem } from './embedded';
import { kafkaGuarantees, startOnKafka } from './on-kafka';
import { onlyHelp } from './only-help';
import type { ServiceLiteral } from './service-literal';
import { serviceSettings, settingsFrom } from './settings';

const stopMs = 15_000;

/** Runs a service in this process, as its environment says, until it is told to stop. Its exit code is 1 when it had to give up. */
export function serve(literal: ServiceLiteral): void {
  onlyHelp(usageOf(literal));
  run(
    `${literal.name} is`,
    kafkaGuarantees,
    () => startOnKafka(literal, settingsFrom(serviceSettings, process.env), giveUp),
    routesAt,
  );
}

const usageOf = ({
  name,
}: ServiceLiteral): string => `Runs one instance of the ${name} service on Kafka, a schema registry and MySQL, until it is told to stop.

  PROFILE=kafka npx saga-kit start ${name}

It takes no arguments. It needs KAFKA_BROKERS, SCHEMA_REGISTRY_URL and MYSQL_URL, and listens on PORT (3000 if it is not set);
"npx saga-kit settings" prints all that can be set. Ends with 0 when it was told to stop, with 1 when it had to give up.`;

/**
 * Starts something, says so and what to do `next`, and stops it on SIGINT and SIGTERM, and when the process that started
 * this one is gone; before it has started, this process just ends then. Who has a channel to this process is sent `{ ready: url }`.
 */
export function run(
  what: string,
  guarantees: Readonly<Record<string, string>>,
  start: () => Promise<Pick<RunningSystem, 'url' | 'stop'>>,
  next: (url: string) => string = () => '',
): void {
  const beganAt = performance.now();
  const alone = () => process.exit(1); // nobody is there any more who would end it
  process.once('disconnect', alone);
  void Promise.resolve()
    .then(start)
    .then((started) => {
      let isStopping = false;
      const stop = () => {
        if (isStopping) return;
        isStopping = true;
        setTimeout(() => process.exit(1), stopMs).unref();
        started.stop().then(() => process.exit(0), giveUp);
      };
      process.once('SIGINT', stop); // whoever presses Ctrl-C again does not want to wait
      process.on('SIGTERM', stop); // arrives more than once where npm passes on what the whole group was sent
      process.off('disconnect', alone);
      process.once('disconnect', stop);
      console.log(`${what} ready on ${started.url} after ${Math.round(performance.now() - beganAt)} ms`);
      const facts = { ...guarantees, process: process.pid }; // npm itself is another process
      for (const [name, fact] of Object.entries(facts)) console.log(`  ${name.padEnd(10)} ${fact}`);
      if (next(started.url)) console.log(next(started.url));
      process.send?.({ ready: started.url });
    }, giveUp);
}

/** Where all that can be asked is described: the last line of what a start says. */
export const routesAt = (url: string): string => `All routes: ${url} in a browser, ${url}/openapi.json for programs`;

/** Says why, and ends the process. */
export function giveUp(error: unknown): never {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
