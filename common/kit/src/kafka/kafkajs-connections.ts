import type { Kafka } from 'kafkajs';
import { clusterFactoryOf, errorOf } from './kafkajs-internals';
import type { Message } from './partition-queue';
import { replicatingMs, UNKNOWN_TOPIC_OR_PARTITION, type ProducerConnections } from './producer-connections';

/** The connections of kafkajs, to send on. */
export async function kafkajsConnections(kafka: Kafka): Promise<ProducerConnections> {
  const cluster = clusterFactoryOf(kafka).create({ allowAutoTopicCreation: false, metadataMaxAge: 60_000 });
  await cluster.connect();
  return {
    async locate(topics, stale) {
      await cluster.addMultipleTargetTopics(topics);
      await (stale ? cluster.refreshMetadata() : cluster.refreshMetadataIfNecessary());
    },
    partitionsOf: (topic) => cluster.findTopicPartitionMetadata(topic),
    errorCodeOf: (topic) =>
      cluster.brokerPool.metadata?.topicMetadata.find((each) => each.topic === topic)?.topicErrorCode ??
      UNKNOWN_TOPIC_OR_PARTITION,
    errorOf,
    async produce(nodeId, topics) {
      const node = await cluster.findBroker({ nodeId });
      const topicData = topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition, messages }) => ({
          partition,
          firstSequence: 0,
          messages: messages.map((message) => ({ ...message, headers: headersOf(message) })),
        })),
      }));
      return (await node.produce({ acks: -1, timeout: replicatingMs, topicData })).topics;
    },
    disconnect: () => cluster.disconnect(),
  };
}

/** kafkajs takes headers by their names. */
function headersOf({ headers }: Message): Record<string, readonly Buffer[]> {
  const byName = Object.create(null) as Record<string, Buffer[]>;
  for (const [name, value] of headers) (byName[name] ??= []).push(value);
  return byName;
}
