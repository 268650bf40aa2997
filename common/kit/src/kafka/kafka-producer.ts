import { partitionOf, type ProducerRecord, type PublishOutcome } from '../runtime';
import { grouped } from './grouped';
import { leave } from './leave';
import { PartitionQueue, refusals } from './partition-queue';
import type { ProducedTopic, ProducerConnections, TopicMessages } from './producer-connections';
import { within } from './within';

const sendingMs = 60_000;
/** A topic that is not there may be about to be made. */
const graceMs = 30_000;

/**
 * One request at a time to each broker, and what each said of each partition. It is sent on a client's connections and not
 * with its producer: that of kafkajs remembers, while it tries again, which broker has answered, so that a partition which
 * has moved there is never sent and called a success; and the first refusal of an answer is all it tells.
 * Only a partition for which the broker gives an offset and no error is taken as acknowledged. It is not idempotent:
 * who receives knows what it has handled.
 */
export class KafkaProducer {
  private connections: Promise<ProducerConnections> | undefined;
  private stale = false;
  private readonly missingSinceMs = new Map<string, number>();

  constructor(private readonly connect: () => Promise<ProducerConnections>) {}

  async publish(records: readonly ProducerRecord[]): Promise<readonly PublishOutcome[]> {
    const connecting = (this.connections ??= this.connect());
    try {
      return await within(sendingMs, 'the broker', this.send(await connecting, records));
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const connections = await this.connections?.catch(() => undefined);
    this.connections = undefined;
    await leave(connections); // they are not used again
  }

  private async send(
    connections: ProducerConnections,
    records: readonly ProducerRecord[],
  ): Promise<readonly PublishOutcome[]> {
    await connections.locate([...new Set(records.map(({ topic }) => topic))], this.stale);
    this.stale = false;
    const status: PublishOutcome[] = [];
    const partitions = this.partitionsOf(connections, records, status);
    for (let open = partitions; open.length > 0; open = open.filter(({ isOpen }) => isOpen))
      await Promise.all(
        [...grouped(open, ({ leader }) => leader)].map(([nodeId, each]) => this.ask(connections, nodeId, each)),
      );
    return status;
  }

  /** Where the records go; of those that can go nowhere, says what they have become. */
  private partitionsOf(
    connections: ProducerConnections,
    records: readonly ProducerRecord[],
    status: PublishOutcome[],
  ): PartitionQueue[] {
    const partitions = new Map<string, PartitionQueue>();
    records.forEach((record, index) => {
      const { topic } = record;
      const known = connections.partitionsOf(topic);
      if (known.length === 0) return void (status[index] = this.unreachable(connections, topic));
      this.missingSinceMs.delete(topic);
      const key = Buffer.from(record.key);
      const number = partitionOf(key, known.length);
      const where = `${topic}/${number}`;
      let partition = partitions.get(where);
      if (!partition) {
        const { leader } = known.find(({ partitionId }) => partitionId === number)!;
        partitions.set(where, (partition = new PartitionQueue(topic, number, leader, status)));
      }
      partition.take(index, record.key, { key, value: record.value, headers: record.headers ?? [] });
    });
    return [...partitions.values()];
  }

  private unreachable(connections: ProducerConnections, topic: string): PublishOutcome {
    this.stale = true;
    const { message: reason, type } = connections.errorOf(connections.errorCodeOf(topic));
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

  private async ask(
    connections: ProducerConnections,
    nodeId: number,
    partitions: readonly PartitionQueue[],
  ): Promise<void> {
    let topics: readonly ProducedTopic[] = [];
    let silence = `broker ${nodeId} has not said what has become of it`;
    try {
      topics = await connections.produce(nodeId, messagesOf(partitions));
    } catch (error) {
      silence = `broker ${nodeId}: ${(error as Error).message}`;
    }
    for (const partition of partitions) {
      const verdicts = topics.find(({ topicName }) => topicName === partition.topic)?.partitions;
      const verdict = verdicts?.find((each) => each.partition === partition.number);
      if (!verdict) partition.failed(silence, false);
      else if (verdict.errorCode !== 0) partition.rejected(connections.errorOf(verdict.errorCode));
      else if (BigInt(verdict.baseOffset) >= 0n) partition.acknowledged();
      else partition.failed(`broker ${nodeId} has given it no offset`, true);
      this.stale ||= partition.isFailed;
    }
  }
}

const messagesOf = (queues: readonly PartitionQueue[]): readonly TopicMessages[] =>
  [...grouped(queues, ({ topic }) => topic)].map(([topic, own]) => ({
    topic,
    partitions: own.map(({ number: partition, messages }) => ({ partition, messages })),
  }));
