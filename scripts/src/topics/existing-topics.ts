import type { kafkaClient } from 'saga-kit/kafka';
import type { Topic } from './plan';

export type Admin = ReturnType<ReturnType<typeof kafkaClient>['admin']>;

/** Those of `names` that are there. Asks for no other: asking Kafka about a topic may create it. */
export async function existingTopics(admin: Admin, names: readonly string[]): Promise<ReadonlyMap<string, Topic>> {
  const all = new Set(await admin.listTopics());
  const topics = names.filter((name) => all.has(name));
  if (topics.length === 0) return new Map();
  const { topics: metadata } = await admin.fetchTopicMetadata({ topics });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((name) => ({ type: topicResource, name })),
  });
  const configs = new Map(resources.map(({ resourceName, configEntries }) => [resourceName, configEntries]));
  return new Map(
    metadata.map(({ name, partitions }) => [
      name,
      {
        name,
        partitions: partitions.length,
        replication: Math.min(...partitions.map(({ replicas }) => replicas.length)),
        config: Object.fromEntries((configs.get(name) ?? []).map((entry) => [entry.configName, entry.configValue])),
      },
    ]),
  );
}

const topicResource = 2; // ConfigResourceTypes.TOPIC, which is an enum of types only
