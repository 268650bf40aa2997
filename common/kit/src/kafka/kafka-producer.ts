import type { Kafka, Producer, TopicMessages } from 'kafkajs';
import { partitionOf, type Outgoing } from '../runtime';
import { leave } from './leave';
import { within } from './within';

const sendingMs = 60_000;

/**
 * One producer, and one request at a time on it. It is not the idempotent one: that of kafkajs takes the number of a
 * request that was rejected again, so that the broker drops the next one as a duplicate. Sending again is safe without:
 * who receives knows what it has handled. A producer that rejected is not used again.
 */
export class KafkaProducer {
  private producer: Promise<Producer> | undefined;

  constructor(private readonly kafka: Kafka) {}

  async publish(records: readonly Outgoing[]): Promise<void> {
    const connecting = (this.producer ??= this.connect());
    try {
      const producer = await connecting;
      await within(sendingMs, 'the broker', producer.sendBatch({ acks: -1, topicMessages: byTopic(records) }));
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const producer = await this.producer?.catch(() => undefined);
    this.producer = undefined;
    await leave(producer);
  }

  private async connect(): Promise<Producer> {
    const producer = this.kafka.producer({
      allowAutoTopicCreation: false,
      maxInFlightRequests: 1,
      metadataMaxAge: 60_000,
      retry: { retries: 2 },
      createPartitioner:
        () =>
        ({ message, partitionMetadata }) =>
          partitionOf(message.key as Buffer, partitionMetadata.length),
    });
    await producer.connect();
    return producer;
  }
}

function byTopic(records: readonly Outgoing[]): TopicMessages[] {
  const topics = new Map<string, TopicMessages>();
  for (const { topic, key, value } of records) {
    let of = topics.get(topic);
    if (!of) topics.set(topic, (of = { topic, messages: [] }));
    of.messages.push({ key: Buffer.from(key), value });
  }
  return [...topics.values()];
}
