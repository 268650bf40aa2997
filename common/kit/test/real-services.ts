import { Kafka, logLevel, type Admin } from 'kafkajs';
import { openOnKafka, routingOf, type RunningService, systemEnvironment, type Teardown } from '../src/app';
import type { ServiceLiteral } from 'saga-kit/service';
import { canonical, fullNameOf } from '../src/codec';
import { ConfluentRegistry } from 'saga-kit/kafka';
import type { Environment, RetentionDays, Stores } from 'saga-kit/runtime';
import { until } from '../src/conformance/until';
import { AMysql } from './a-mysql';

/** What stands between an instance and the rest of the world. */
interface Between {
  readonly environment?: (real: Environment) => Environment;
  readonly stores?: (real: Stores) => Stores;
  readonly horizons?: RetentionDays;
}

/** Services on a real broker, registry and database, each with a database of its own; `teardown` ends them. */
export class RealServices {
  private readonly databases = new Map<string, AMysql>();

  constructor(private readonly teardown: Teardown) {}

  /** Makes their topics and registers their schemas, as a deployment does. */
  async prepare(...literals: readonly ServiceLiteral[]): Promise<void> {
    const registry = new ConfluentRegistry(settings().SCHEMA_REGISTRY_URL);
    const topics = new Set<string>();
    for (const routing of literals.map(routingOf)) {
      for (const topic of routing.topics) topics.add(topic);
      for (const [subject, schema] of routing.sends()) {
        await registry.register(subject, JSON.stringify(canonical(schema)));
        topics.add(subject.slice(0, -`-${fullNameOf(schema)}`.length));
      }
    }
    await asked(async (admin) => {
      await admin.createTopics({
        topics: [...topics].map((topic) => ({ topic, numPartitions: 12 })),
        waitForLeaders: false,
      });
      await until('the topics are there', async () => {
        const there = await admin.listTopics();
        return [...topics].every((topic) => there.includes(topic));
      });
    });
  }

  /** How many records have come to a topic. */
  async recordsIn(topic: string): Promise<number> {
    const ends = await asked((admin) => admin.fetchTopicOffsets(topic));
    return ends.reduce((sum, { high }) => sum + Number(high), 0);
  }

  /** The instance of this number. */
  async start(literal: ServiceLiteral, number = 1, between: Between = {}): Promise<RunningService> {
    const { environment = same, stores = same, horizons } = between;
    const fatal = (error: Error) => {
      throw error;
    };
    const on = {
      instance: `${literal.name}-${number}`,
      stores: stores(await this.storesOf(literal)),
      environment: environment(systemEnvironment(literal.name, 'silent')),
      settings: settings(),
      ...(horizons && { horizons }),
      fatal,
    };
    return openOnKafka(literal, on, this.teardown);
  }

  /** Opens the database of a service. */
  async storesOf({ name, migrations }: ServiceLiteral): Promise<Stores> {
    const database = this.databases.get(name) ?? (await AMysql.make());
    if (!this.databases.has(name)) this.teardown.add(() => database.close());
    this.databases.set(name, database);
    return database.open(migrations);
  }
}

async function asked<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Kafka({ brokers: settings().KAFKA_BROKERS, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return await question(admin);
  } finally {
    await admin.disconnect();
  }
}

const same = <T>(real: T): T => real;

const settings = () => ({
  KAFKA_BROKERS: process.env['KAFKA_BROKERS']!.split(','),
  KAFKA_SSL: false,
  KAFKA_CLIENT: 'kafkajs' as const,
  KAFKA_SESSION_TIMEOUT_MS: 10_000,
  SCHEMA_REGISTRY_URL: process.env['SCHEMA_REGISTRY_URL']!,
});
