import type { Kafka } from 'kafkajs';
import { partitionOf, type ProducerRecord, type PublishOutcome } from '../runtime';
import { clusterFactoryOf, errorOf, type Cluster, type ProducedTopic } from './kafkajs-internals';
import { PartitionQueue, refusals } from './partition-queue';
import { within } from './within';

const sendingMs = 60_000;
/** What a broker may take for its replicas; then it says that it does not know. */
const replicatingMs = 8_000;
/** A topic that is not there may be about to be made. */
const graceMs = 30_000;

/**
 * One request at a time to each broker, and what each said of each partition. It is sent on kafkajs's connections and not
 * with its producer: that one remembers, while it tries again, which broker has answered, so that a partition which has
 * moved there is never sent and called a success; and the first refusal of an answer is all it tells.
 * Only a partition for which the broker gives an offset and no error is taken as acknowledged. It is not idempotent:
 * who receives knows what it has handled.
 */
export class KafkaProducer {
  private cluster: Promise<Cluster> | undefined;
  private stale = false;
  private readonly missingSinceMs = new Map<string, number>();

  constructor(private readonly kafka: Kafka) {}

  async publish(records: readonly ProducerRecord[]): Promise<readonly PublishOutcome[]> {
    const connecting = (this.cluster ??= this.connect());
    try {
      return await within(sendingMs, 'the broker', this.send(await connecting, records));
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const cluster = await this.cluster?.catch(() => undefined);
    this.cluster = undefined;
    if (cluster) await within(leavingMs, 'the broker', cluster.disconnect()).catch(() => {}); // it is not used again
  }

  private async connect(): Promise<Cluster> {
    const { create } = clusterFactoryOf(this.kafka);
    const cluster = create({ allowAutoTopicCreation: false, metadataMaxAge: 60_000 });
    await cluster.connect();
    return cluster;
  }

  private async send(cluster: Cluster, records: readonly ProducerRecord[]): Promise<readonly PublishOutcome[]> {
    const topics = [...new Set(records.map(({ topic }) => topic))];
    await cluster.addMultipleTargetTopics(topics);
    await (this.stale ? cluster.refreshMetadata() : cluster.refreshMetadataIfNecessary());
    this.stale = false;
    const status: PublishOutcome[] = [];
    const partitions = this.partitionsOf(cluster, records, status);
    for (let open = partitions; open.length > 0; open = open.filter(({ isOpen }) => isOpen))
      await Promise.all([...byLeader(open)].map(([nodeId, each]) => this.ask(cluster, nodeId, each)));
    return status;
  }

  /** Where the records go; of those that can go nowhere, says what they have become. */
  private partitionsOf(
    cluster: Cluster,
    records: readonly ProducerRecord[],
    status: PublishOutcome[],
  ): PartitionQueue[] {
    const partitions = new Map<string, PartitionQueue>();
    records.forEach((record, index) => {
      const { topic } = record;
      const known = cluster.findTopicPartitionMetadata(topic);
      if (known.length === 0) return void (status[index] = this.unreachable(cluster, topic));
      this.missingSinceMs.delete(topic);
      const key = Buffer.from(record.key);
      const number = partitionOf(key, known.length);
      const where = `${topic}/${number}`;
      let partition = partitions.get(where);
      if (!partition) {
        const { leader } = known.find(({ partitionId }) => partitionId === number)!;
        partitions.set(where, (partition = new PartitionQueue(topic, number, leader, status)));
      }
      partition.take(index, record.key, { key, value: record.value, headers: headersOf(record) });
    });
    return [...partitions.values()];
  }

  private unreachable({ brokerPool }: Cluster, topic: string): PublishOutcome {
    this.stale = true;
    const said = brokerPool.metadata?.topicMetadata.find((each) => each.topic === topic);
    const { message: reason, type } = errorOf(said?.topicErrorCode ?? UNKNOWN_TOPIC_OR_PARTITION);
    if (refusals.has(type)) return { status: 'refused', reason: `${topic}: ${reason}` };
    if (type !== 'UNKNOWN_TOPIC_OR_PARTITION') return { status: 'failed', reason, where: topic, isAnswer: true };
    const nowMs = performance.now();
    const sinceMs = this.missingSinceMs.get(topic) ?? nowMs;
    this.missingSinceMs.set(topic, sinceMs);
    const gone = `the topic ${topic} is not there`;
    return nowMs - sinceMs > graceMs
      ? { status: 'refused', reason: gone }
      : { status: 'failed', reason: gone, where: topic, isAnswer: true };
  }

  private async ask(cluster: Cluster, nodeId: number, partitions: readonly PartitionQueue[]): Promise<void> {
    let topics: readonly ProducedTopic[] = [];
    let silence = `broker ${nodeId} has not said what has become of it`;
    try {
      const node = await cluster.findBroker({ nodeId });
      ({ topics } = await node.produce({ acks: -1, timeout: replicatingMs, topicData: topicDataOf(partitions) }));
    } catch (error) {
      silence = `broker ${nodeId}: ${(error as Error).message}`;
    }
    for (const partition of partitions) {
      const verdicts = topics.find(({ topicName }) => topicName === partition.topic)?.partitions;
      const verdict = verdicts?.find((each) => each.partition === partition.number);
      if (!verdict) partition.failed(silence, false);
      else if (verdict.errorCode !== 0) partition.rejected(errorOf(verdict.errorCode));
      else if (BigInt(verdict.baseOffset) >= 0n) partition.acknowledged();
      else partition.failed(`broker ${nodeId} has given it no offset`, true);
      this.stale ||= partition.isFailed;
    }
  }
}

const leavingMs = 5_000;
const UNKNOWN_TOPIC_OR_PARTITION = 3;

function byLeader(partitions: readonly PartitionQueue[]): Map<number, PartitionQueue[]> {
  const leaders = new Map<number, PartitionQueue[]>();
  for (const partition of partitions) {
    const same = leaders.get(partition.leader);
    if (same) same.push(partition);
    else leaders.set(partition.leader, [partition]);
  }
  return leaders;
}

function topicDataOf(partitions: readonly PartitionQueue[]): object[] {
  const topics = new Map<string, object[]>();
  for (const { topic, number: partition, messages } of partitions) {
    const data = { partition, firstSequence: 0, messages };
    const same = topics.get(topic);
    if (same) same.push(data);
    else topics.set(topic, [data]);
  }
  return [...topics].map(([topic, each]) => ({ topic, partitions: each }));
}

/** kafkajs takes headers by their names. */
function headersOf({ headers = [] }: ProducerRecord): Record<string, readonly Buffer[]> {
  const byName = Object.create(null) as Record<string, Buffer[]>;
  for (const [name, value] of headers) (byName[name] ??= []).push(value);
  return byName;
}
