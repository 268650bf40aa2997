import type { Admin } from 'kafkajs';
import type {
  Broker,
  ProducerRecord,
  TopicPartitionOffset,
  PublishOutcome,
  SubscriptionRequest,
  Subscription,
  TopicRetention,
} from '../runtime';
import { registerCodecs } from './codecs';
import { divideAnswers } from './divided-answers';
import { guardIdleTimers } from './idle-timer-guard';
import type { KafkaBrokerOptions } from './kafka-broker-options';
import { KafkaProducer } from './kafka-producer';
import { kafkajsConnections } from './kafkajs-connections';
import { KafkaSubscription } from './kafka-subscription';
import { leave } from './leave';
import { ReadingGroups } from './reading-groups';
import { retentionOf } from './topic-retention';
import { within } from './within';

const answeringMs = 30_000;

/** A Kafka cluster. Topics are not created: whoever subscribes to some that are missing reads the others. */
export class KafkaBroker implements Broker {
  private readonly producer: KafkaProducer;
  private readonly subscriptions = new Set<Subscription>();
  private admin: Promise<Admin> | undefined;
  private readonly groups = new ReadingGroups();

  constructor(private readonly options: KafkaBrokerOptions) {
    guardIdleTimers();
    registerCodecs();
    divideAnswers(options.kafka);
    this.producer = new KafkaProducer(() => kafkajsConnections(options.kafka));
  }

  publish(records: readonly ProducerRecord[]): Promise<readonly PublishOutcome[]> {
    return this.producer.publish(records);
  }

  async subscribe(wanted: SubscriptionRequest): Promise<Subscription> {
    const subscription = new KafkaSubscription(this.options, wanted, () => this.topics());
    await subscription.open();
    this.subscriptions.add(subscription);
    return subscription;
  }

  async ends(topics: readonly string[]): Promise<TopicPartitionOffset[]> {
    const existing = await this.topics();
    const asked = topics.filter((topic) => existing.has(topic));
    const offsets = await this.ask((admin) => Promise.all(asked.map((topic) => admin.fetchTopicOffsets(topic))));
    return offsets.flatMap((partitions, index) =>
      partitions.map(({ partition, high }) => ({ topic: asked[index]!, partition, offset: BigInt(high) })),
    );
  }

  async endsAt(topics: readonly string[], at: Date): Promise<TopicPartitionOffset[]> {
    const offsets = await this.ask((admin) =>
      Promise.all(topics.map((topic) => admin.fetchTopicOffsetsByTimestamp(topic, at.getTime()))),
    );
    return offsets.flatMap((partitions, index) =>
      partitions.map(({ partition, offset }) => ({ topic: topics[index]!, partition, offset: BigInt(offset) })),
    );
  }

  async committed(groupId: string, topics: readonly string[]): Promise<TopicPartitionOffset[]> {
    const offsets = await this.ask((admin) => admin.fetchOffsets({ groupId, topics: [...topics] }));
    return offsets
      .flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, offset }) => ({ topic, partition, offset: BigInt(offset) })),
      )
      .filter(({ offset }) => offset >= 0n);
  }

  readers(topics: readonly string[]): Promise<TopicPartitionOffset[]> {
    return this.groups.positions(
      topics,
      () => this.ask(async (admin) => (await admin.listGroups()).groups.map(({ groupId }) => groupId)),
      (group) => this.committed(group, topics),
    );
  }

  retention(topics: readonly string[]): Promise<TopicRetention[]> {
    return this.ask((admin) => Promise.all(topics.map((topic) => retentionOf(admin, topic))));
  }

  async close(): Promise<void> {
    for (const subscription of this.subscriptions) await subscription.close();
    await this.producer.close();
    await this.leave();
  }

  private async topics(): Promise<ReadonlySet<string>> {
    return new Set(await this.ask((admin) => admin.listTopics()));
  }

  /** A client that failed is not used again. */
  private async ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    this.admin ??= this.connect();
    try {
      return await within(answeringMs, 'the broker', this.admin.then(question));
    } catch (error) {
      await this.leave();
      throw error;
    }
  }

  private async connect(): Promise<Admin> {
    const admin = this.options.kafka.admin();
    await admin.connect();
    return admin;
  }

  private async leave(): Promise<void> {
    const admin = await this.admin?.catch(() => undefined);
    this.admin = undefined;
    await leave(admin);
  }
}
