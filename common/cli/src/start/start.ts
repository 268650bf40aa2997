import {
  commonSettings,
  embeddedGuarantees,
  embeddedSettings,
  giveUp,
  kafkaGuarantees,
  run,
  serviceSettings,
  settingsFrom,
  startEmbedded,
  startOnKafka,
} from 'saga-kit/tools';
import { command, configured, Misconfigured, parse, Usage } from '../command/command';
import { exits, type Terminal } from '../command/terminal';
import type { LoadedConfig } from '../config';
import { consoleRoutes } from '../console/console-routes';
import { startProcesses } from './start-processes';

const help = `Starts the services, until it is told to stop (Ctrl-C).

  npx saga-kit start [service...]                all, or those that are named, in one process, on SQLite files in .data
  PROFILE=kafka npx saga-kit start               each service in a process of its own, all of them behind PORT
  PROFILE=kafka npx saga-kit start <service>     one instance of one service

It listens on PORT (3000 if it is not set); several processes take the ports after it as well. PROFILE=kafka needs Kafka, a
schema registry and MySQL (KAFKA_BROKERS, SCHEMA_REGISTRY_URL, MYSQL_URL; "npx saga-kit infra start" has them on this
machine). "npx saga-kit settings" prints all that can be set.

Ends with 0 when it was told to stop, with 1 when it could not start or had to give up, with 2 when the command, a setting or
the configuration is wrong.`;

/** The command. It resolves as soon as something has begun to start, which ends the process by itself. */
export const start = command<[LoadedConfig]>({ help }, async (args, terminal, config) => {
  const { positionals: named } = parse(args, {});
  const services = chosen(config, named);
  const { PROFILE } = configured(() => settingsFrom(commonSettings.pick({ PROFILE: true }), terminal.env));
  if (PROFILE === 'kafka') onKafka({ ...config, services }, named.length > 0, terminal);
  else embedded({ ...config, services }, terminal);
  return exits.fine;
});

function chosen({ services }: LoadedConfig, named: readonly string[]): LoadedConfig['services'] {
  if (named.length === 0) return services;
  const known = services.map(({ name }) => name);
  const unknown = named.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Usage(`${unknown.join(', ')}: the services are ${known.join(', ')}`);
  return services.filter(({ name }) => named.includes(name));
}

function embedded(config: LoadedConfig, { env }: Terminal): void {
  const { services, title, story } = config;
  const options = { title, story, routes: consoleRoutes(config) };
  const settings = configured(() => settingsFrom(embeddedSettings, env));
  const promises = { ...embeddedGuarantees, data: settings.DATA_DIR };
  run(whatOf(services), promises, () => startEmbedded(services, settings, giveUp, options), nextOf(config));
}

function onKafka(config: LoadedConfig, isNamed: boolean, { env }: Terminal): void {
  const { services } = config;
  const settings = configured(() => settingsFrom(serviceSettings, env)); // all faults, before any process
  const [service, ...others] = services;
  if (isNamed && others.length > 0)
    throw new Usage('with PROFILE=kafka a service is started alone, or all of them are');
  if (isNamed && service) return run(whatOf(services), kafkaGuarantees, () => startOnKafka(service, settings, giveUp));
  const { HOST: host, PORT: port, LOG_LEVEL: logLevel } = settings;
  const portMax = 65_535 - services.length;
  if (port > portMax)
    throw new Misconfigured(
      `PORT: has to be at most ${portMax}, since ${services.length} ports behind it are taken too`,
    );
  run(whatOf(services), kafkaGuarantees, () => startProcesses(config, { host, port, logLevel }), nextOf(config));
}

const nextOf =
  ({ next }: LoadedConfig) =>
  (url: string): string =>
    `Console: ${url}/console\n${next(url)}`;
const whatOf = (services: LoadedConfig['services']): string =>
  `${services.map(({ name }) => name).join(', ')} ${services.length === 1 ? 'is' : 'are'}`;
