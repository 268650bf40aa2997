import {
  commonSettings,
  embeddedGuarantees,
  embeddedSettings,
  giveUp,
  kafkaGuarantees,
  onlyHelp,
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

function main(): void {
  onlyHelp(usage);
  const { PROFILE } = settingsFrom(commonSettings.pick({ PROFILE: true }), process.env);
  if (PROFILE === 'kafka') {
    const { HOST: host, PORT: port, LOG_LEVEL: logLevel } = settingsFrom(serviceSettings, process.env); // all faults, before any process
    if (port > portMax) throw new Error(`PORT: has to be at most ${portMax}, since ${portsBehind} are taken too`);
    return run(what, kafkaGuarantees, () => startProcesses({ host, port, logLevel }));
  }
  const settings = settingsFrom(embeddedSettings, process.env);
  const promises = { ...embeddedGuarantees, data: settings.DATA_DIR };
  run(what, promises, () => startEmbedded(services, settings, giveUp));
}

try {
  main();
} catch (error) {
  giveUp(error);
}
