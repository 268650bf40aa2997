import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { application, listen, operations } from '../http';
import { ConfluentRegistry, KafkaBroker, kafkaClient } from '../kafka';
import { openMysql, type MysqlOptions } from '../sql';
import type { Started } from './embedded';
import { openService } from './open-service';
import type { ServiceLiteral } from './service-literal';
import type { serviceSettings } from './settings';
import { systemEnvironment } from './system-environment';
import { Teardown } from './teardown';

/** What this wiring promises, for the banner and for `/health/ready`. */
export const kafkaGuarantees = {
  profile: 'kafka',
  delivery: 'at least once on every hop, each effect once',
  ordering: 'by order within a topic',
  durability: "as durable as the database's commit and the broker's acknowledgement by all replicas in sync",
  scale: 'instances share the partitions of their service; one database a service',
} as const;

/** One instance of one service in this process, on Kafka, a schema registry and MySQL. Rejects, with nothing left running, when it cannot start. */
export async function startOnKafka(
  literal: ServiceLiteral,
  settings: z.output<typeof serviceSettings>,
  fatal: (error: Error) => void,
): Promise<Started> {
  const { name, migrations } = literal;
  const { HOST: host, PORT: port, INSTANCE: instance = `${name}-1` } = settings;
  const environment = systemEnvironment(name, settings.LOG_LEVEL);
  const teardown = new Teardown();
  try {
    const database = `${settings.MYSQL_DATABASE_PREFIX}${name}`;
    const { MYSQL_URL: url, MYSQL_READERS_MAX: readersMax } = settings;
    const stores = await openMysql({ url, database, readersMax, migrations, ...tlsOf(settings) });
    teardown.add(() => stores.database.close());
    const broker = new KafkaBroker({
      kafka: kafkaClient(settings, instance, environment.log),
      clientId: instance,
      sessionTimeoutMs: settings.KAFKA_SESSION_TIMEOUT_MS,
      log: environment.log,
    });
    teardown.add(() => broker.close());
    const registry = new ConfluentRegistry(settings.SCHEMA_REGISTRY_URL);
    const wiring = { instance, stores, broker, registry, environment, registerSchemas: false, fatal };
    const service = await openService(literal, wiring);
    teardown.add(() => service.stop());
    if (settings.SAMPLE_DATA) await service.loadSampleData();
    const routes = operations(`The ${name} service`, [service], service.routes, kafkaGuarantees);
    const listening = await listen(application(routes, environment.log), { host, port });
    teardown.add(() => listening.close());
    return { url: listening.url, services: [service], stop: () => teardown.run() };
  } catch (error) {
    await teardown.run().catch(() => {});
    throw error;
  }
}

function tlsOf({ MYSQL_SSL, MYSQL_SSL_CA: file }: z.output<typeof serviceSettings>): Pick<MysqlOptions, 'tls'> {
  if (!MYSQL_SSL) return {};
  return { tls: file === undefined ? {} : { ca: readFileSync(file, 'utf8') } };
}
