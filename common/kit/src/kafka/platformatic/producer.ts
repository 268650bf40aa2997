import type { produceV7 } from '@platformatic/kafka';
import type { Message } from '../partition-queue';
import { replicatingMs, type ProducerConnections } from '../producer-connections';
import type { PlatformaticClient } from './client';
import { Cluster } from './cluster';

const acknowledgedByAll = -1;

/** Connections to send on. */
export async function producerConnections(client: PlatformaticClient): Promise<ProducerConnections> {
  const cluster = new Cluster(client);
  return {
    locate: (topics, stale) => cluster.locate(topics, stale),
    partitionsOf: (topic) => cluster.partitionsOf(topic),
    errorCodeOf: (topic) => cluster.errorCodeOf(topic),
    errorOf: (code) => cluster.errorOf(code),
    async produce(nodeId, topics) {
      const messages = topics.flatMap(({ topic, partitions }) =>
        partitions.flatMap(({ partition, messages }) =>
          messages.map((message) => ({ ...message, topic, partition, headers: headersOf(message) })),
        ),
      );
      const { api } = client.library.produceV7;
      const answer = (await cluster.ask(
        await cluster.node(nodeId),
        api,
        acknowledgedByAll,
        replicatingMs,
        messages,
        {},
      )) as produceV7.ProduceResponse;
      return answer.responses.map(({ name, partitionResponses }) => ({
        topicName: name,
        partitions: partitionResponses.map(({ index, errorCode, baseOffset }) => ({
          partition: index,
          errorCode,
          baseOffset,
        })),
      }));
    },
    disconnect: () => cluster.close(),
  };
}

/** By buffers, of which no two are the same: a name may come several times. */
const headersOf = ({ headers }: Message): Map<Buffer, Buffer> =>
  new Map(headers.map(([name, value]) => [Buffer.from(name), value]));
