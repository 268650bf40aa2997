import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { application, listen, operations, storyPath } from '../http';
import type { Broker, Environment, Log } from '../runtime';
import type { MysqlOptions } from '../sql/mysql';
import type { RunningSystem } from './embedded';
import { kafkaAdapters, mysqlAdapters, platformaticAdapters } from './optional-packages';
import { openService, type RunningService, type Wiring } from './open-service';
import type { ServiceLiteral } from './service-literal';
import { horizonsIn, type brokerSettings, type serviceSettings } from './settings';
import { systemEnvironment } from './system-environment';
import { Teardown } from './teardown';
import { whenReachable } from './when-reachable';

/** What this wiring promises, for the banner and for `/health/ready`. */
export const kafkaGuarantees = {
  profile: 'kafka',
  delivery: 'at least once on every hop, each effect once',
  ordering: 'by order within a topic',
  durability: "as durable as the database's commit and the broker's acknowledgement by all replicas in sync",
  scale: 'instances share the partitions of their service; one database a service',
} as const;

/**
 * One instance of one service in this process, on Kafka, a schema registry and MySQL. Begins anew when the database is lost
 * before it has started; rejects, with nothing left running, when it cannot start.
 */
export function startOnKafka(
  literal: ServiceLiteral,
  settings: z.output<typeof serviceSettings>,
  fatal: (error: Error) => void,
): Promise<RunningSystem> {
  const environment = systemEnvironment(literal.name, settings.LOG_LEVEL);
  return whenReachable(() => startOnce(literal, settings, environment, fatal), environment);
}

async function startOnce(
  literal: ServiceLiteral,
  settings: z.output<typeof serviceSettings>,
  environment: Environment,
  fatal: (error: Error) => void,
): Promise<RunningSystem> {
  const { name, migrations } = literal;
  const { HOST: host, PORT: port, INSTANCE: instance = `${name}-1`, CLOUDEVENTS: cloudEvents } = settings;
  const { openMysql } = mysqlAdapters();
  const teardown = new Teardown();
  try {
    const database = `${settings.MYSQL_DATABASE_PREFIX}${name}`;
    const { MYSQL_URL: url, MYSQL_READERS_MAX: readersMax } = settings;
    const options = { url, database, readersMax, migrations, ...tlsOf(settings) };
    const stores = await openMysql(options);
    teardown.add(() => stores.database.close());
    const parts = { instance, stores, environment, settings, cloudEvents, fatal, horizons: horizonsIn(settings) };
    const service = await openOnKafka(literal, parts, teardown);
    if (settings.SAMPLE_DATA) await service.loadSampleData();
    const routes = operations(
      { title: `The ${name} service`, story: storyPath },
      [service],
      service.routes,
      kafkaGuarantees,
      settings.ADMIN_TOKEN,
    );
    const listening = await listen(application(routes, environment.log), { host, port });
    teardown.add(() => listening.close());
    return { url: listening.url, services: [service], stop: () => teardown.run() };
  } catch (error) {
    await teardown.run().catch(() => {});
    throw error;
  }
}

/** What a service on Kafka runs on, besides. */
export interface KafkaParts extends Pick<
  Wiring,
  'instance' | 'stores' | 'environment' | 'cloudEvents' | 'fatal' | 'horizons'
> {
  readonly settings: z.output<typeof brokerSettings>;
}

/** A service on Kafka and a schema registry, wherever it keeps its rows. Started; stopped by `teardown`. */
export async function openOnKafka(
  literal: ServiceLiteral,
  on: KafkaParts,
  teardown: Teardown,
): Promise<RunningService> {
  const { settings, ...wiring } = on;
  const { log } = wiring.environment;
  const { ConfluentRegistry } = kafkaAdapters();
  const broker = await brokerOf(settings, wiring.instance, log);
  teardown.add(() => broker.close());
  const registry = new ConfluentRegistry(settings.SCHEMA_REGISTRY_URL);
  const service = await openService(literal, { ...wiring, broker, registry, registerSchemas: false });
  teardown.add(() => service.stop());
  return service;
}

async function brokerOf(settings: KafkaParts['settings'], clientId: string, log: Log): Promise<Broker> {
  const options = { clientId, sessionTimeoutMs: settings.KAFKA_SESSION_TIMEOUT_MS, log };
  if (settings.KAFKA_CLIENT === 'kafkajs') {
    const { KafkaBroker, kafkaClient } = kafkaAdapters();
    return new KafkaBroker({ kafka: kafkaClient(settings, clientId, log), ...options });
  }
  const { PlatformaticBroker, platformaticClient, library } = await platformaticAdapters();
  return new PlatformaticBroker({ client: platformaticClient(library, settings, clientId), ...options });
}

function tlsOf({ MYSQL_SSL, MYSQL_SSL_CA: file }: z.output<typeof serviceSettings>): Pick<MysqlOptions, 'tls'> {
  if (!MYSQL_SSL) return {};
  return { tls: file === undefined ? {} : { ca: readFileSync(file, 'utf8') } };
}
