import {
  commonSettings,
  embeddedGuarantees,
  embeddedSettings,
  giveUp,
  kafkaGuarantees,
  onlyHelp,
  routesAt,
  run,
  serviceSettings,
  settingsFrom,
  startEmbedded,
} from 'saga-kit/app';
import { startProcesses } from './processes';
import { services } from './services';

const usage = `Starts the order system, until it is told to stop (Ctrl-C).

  npm start                  all services in one process, on SQLite files in .data: PORT (3000 if it is not set)
  PROFILE=kafka npm start    each service in a process of its own, on Kafka, a schema registry and MySQL (KAFKA_BROKERS,
                             SCHEMA_REGISTRY_URL, MYSQL_URL): all of them behind PORT, each on one of the four after it

It takes no arguments; "npm run settings" prints all that can be set. Ends with 0 when it was told to stop, with 1 when it
could not start or had to give up.`;

const what = `${services.map(({ name }) => name).join(', ')} are`;

const portMax = 65_535 - services.length;
const portsBehind = `${services.length} ports behind it`;

/** With the sample data there is somebody to order, and something to eat. */
const next = (url: string): string =>
  process.env['SAMPLE_DATA'] === '0'
    ? routesAt(url)
    : `
Place an order, and see what became of it:
  curl -i ${url}/orders -H 'Content-Type: application/json' -d '{"userId": 1, "items": [{"productId": 1, "quantity": 2}]}'
  curl ${url}/orders
${routesAt(url)}`;

function main(): void {
  onlyHelp(usage);
  const { PROFILE } = settingsFrom(commonSettings.pick({ PROFILE: true }), process.env);
  if (PROFILE === 'kafka') {
    const { HOST: host, PORT: port, LOG_LEVEL: logLevel } = settingsFrom(serviceSettings, process.env); // all faults, before any process
    if (port > portMax) throw new Error(`PORT: has to be at most ${portMax}, since ${portsBehind} are taken too`);
    return run(what, kafkaGuarantees, () => startProcesses({ host, port, logLevel }), next);
  }
  const settings = settingsFrom(embeddedSettings, process.env);
  const promises = { ...embeddedGuarantees, data: settings.DATA_DIR };
  run(what, promises, () => startEmbedded(services, settings, giveUp), next);
}

try {
  main();
} catch (error) {
  giveUp(error);
}
