import type { Kafka } from 'kafkajs';
import { partitionOf, type ProducerRecord } from 'saga-kit/runtime';

/** What a broker says of a partition that it is sent something for: the number of an error, or nothing at all. */
export type Verdict = (records: readonly string[]) => number | 'nothing';

/** The connections of kafkajs, without the network: brokers that take records, or say why not. */
export class FakeCluster {
  /** What has been taken, by `<topic>/<partition>`. */
  readonly logs = new Map<string, string[]>();
  /** What each request to a broker held: `<broker>: <topic>/<partition> <records>`. */
  readonly requests: string[] = [];
  /** By topic: its error, if it has one. */
  readonly topicErrors = new Map<string, number>();
  verdict: (where: string) => Verdict = () => () => 0;
  /** How a broker fails as a whole; `after`: once it has taken everything. */
  down = new Map<number, { readonly after: boolean }>();
  connects = 0;
  refreshes = 0;

  constructor(
    readonly brokers = 3,
    readonly partitions = 6,
  ) {}

  readonly kafka = { [Symbol('private:Kafka:createCluster')]: () => this.cluster() } as unknown as Kafka;

  leaderOf = (partition: number): number => 1 + (partition % this.brokers);

  whereOf = ({ topic, key }: Pick<ProducerRecord, 'topic' | 'key'>): string =>
    `${topic}/${partitionOf(Buffer.from(key), this.partitions)}`;

  private cluster() {
    const known = new Set<string>();
    const metadata = () => ({
      topicMetadata: [...known].map((topic) => ({ topic, topicErrorCode: this.topicErrors.get(topic) ?? 0 })),
    });
    return {
      brokerPool: { metadata: metadata() },
      connect: async () => void this.connects++,
      disconnect: async () => {},
      async addMultipleTargetTopics(topics: readonly string[]) {
        for (const topic of topics) known.add(topic);
        this.brokerPool.metadata = metadata();
      },
      refreshMetadata: async () => void this.refreshes++,
      refreshMetadataIfNecessary: async () => {},
      findTopicPartitionMetadata: (topic: string) =>
        this.topicErrors.has(topic)
          ? []
          : Array.from({ length: this.partitions }, (_, partitionId) => ({
              partitionId,
              partitionErrorCode: 0,
              leader: this.leaderOf(partitionId),
            })),
      findBroker: async ({ nodeId }: { nodeId: number }) => ({
        produce: async ({ topicData }: { topicData: readonly TopicData[] }) => this.produce(nodeId, topicData),
      }),
    };
  }

  private produce(nodeId: number, topicData: readonly TopicData[]) {
    const down = this.down.get(nodeId);
    if (down && !down.after) throw new Error(`connect ECONNREFUSED broker ${nodeId}`);
    const topics = topicData.map(({ topic, partitions }) => ({
      topicName: topic,
      partitions: partitions.flatMap(({ partition, messages }) => this.take(nodeId, topic, partition, messages)),
    }));
    if (down) throw new Error(`broker ${nodeId} has not answered in time`);
    return { topics };
  }

  private take(nodeId: number, topic: string, partition: number, messages: TopicData['partitions'][0]['messages']) {
    const where = `${topic}/${partition}`;
    const values = messages.map(({ value }) => String(value));
    this.requests.push(`${nodeId}: ${where} ${values.join()}`);
    const verdict = this.verdict(where)(values);
    if (verdict === 'nothing') return [];
    if (verdict !== 0) return [{ partition, errorCode: verdict, baseOffset: '-1' }];
    const log = this.logs.get(where) ?? [];
    this.logs.set(where, log);
    log.push(...values);
    return [{ partition, errorCode: 0, baseOffset: String(log.length - values.length) }];
  }
}

interface TopicData {
  readonly topic: string;
  readonly partitions: readonly {
    readonly partition: number;
    readonly messages: readonly { readonly key: Buffer; readonly value: Buffer }[];
  }[];
}
