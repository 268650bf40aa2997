import { setTimeout } from 'node:timers/promises';
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
  const there = new Map<string, Topic>();
  for (const name of topics) {
    const { partitions } = metadata.find((each) => each.name === name)!;
    const replication = Math.min(...partitions.map(({ replicas }) => replicas.length));
    const config = Object.fromEntries((configs.get(name) ?? []).map((entry) => [entry.configName, entry.configValue]));
    if (partitions.length > 0) there.set(name, { name, partitions: partitions.length, replication, config });
  }
  return there;
}

/** How many brokers the cluster has. One that is away at this moment is only known by the partitions that it has copies of. */
export async function brokerCount(admin: Admin): Promise<number> {
  const { brokers } = await admin.describeCluster();
  const nothing = () => ({ topics: [] }); // kafkajs tells nothing at all when one topic is without a leader
  const { topics } = await admin.fetchTopicMetadata().catch(nothing);
  const holders = topics.flatMap(({ partitions }) => partitions.flatMap(({ replicas }) => replicas));
  return new Set([...brokers.map(({ nodeId }) => nodeId), ...holders]).size;
}

/** All of `names`, which were just made: the broker that is asked may hear of them a little later. */
export async function topicsOnceThere(admin: Admin, names: readonly string[]): Promise<ReadonlyMap<string, Topic>> {
  for (let tries = 0; tries < triesMax; tries++) {
    const there = await existingTopics(admin, names).catch(retryIfUnknown);
    if (there.size === names.length) return there;
    await setTimeout(pauseMs);
  }
  throw new Error(
    `Kafka has taken the topics, but does not show all of them after ${(triesMax * pauseMs) / 1_000} s: check again`,
  );
}
const triesMax = 100;
const pauseMs = 100;

/** One broker lists what another has not heard of. */
function retryIfUnknown(error: Error & { readonly type?: string }): ReadonlyMap<string, Topic> {
  if (error.type === 'UNKNOWN_TOPIC_OR_PARTITION' || error.type === 'LEADER_NOT_AVAILABLE') return new Map();
  throw error;
}

const topicResource = 2; // ConfigResourceTypes.TOPIC, which is an enum of types only
