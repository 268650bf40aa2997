import type {
  Broker,
  ProducerRecord,
  PublishOutcome,
  Subscription,
  SubscriptionRequest,
  TopicPartition,
  TopicPartitionOffset,
  TopicRetention,
} from '../../runtime';
import { grouped } from '../grouped';
import { KafkaProducer } from '../kafka-producer';
import { ReadingGroups } from '../reading-groups';
import { retentionFrom, retentionSettings } from '../retention-settings';
import { within } from '../within';
import { Cluster } from './cluster';
import { committedBy } from './committed';
import { latest, offsetsAt } from './offsets';
import type { PlatformaticBrokerOptions } from './platformatic-broker-options';
import { PlatformaticSubscription } from './platformatic-subscription';
import { producerConnections } from './producer';

const answeringMs = 30_000;
/** The broker itself has said no, to this topic: it is not there, or not for us. */
const answers = new Set([3, 29, 31]);

/** A Kafka cluster, by way of `@platformatic/kafka`. It promises what `KafkaBroker` does. */
export class PlatformaticBroker implements Broker {
  private readonly producer: KafkaProducer;
  private readonly subscriptions = new Set<Subscription>();
  private readonly groups = new ReadingGroups();
  private cluster: Cluster | undefined;

  constructor(private readonly options: PlatformaticBrokerOptions) {
    this.producer = new KafkaProducer(() => producerConnections(options.client));
  }

  publish(records: readonly ProducerRecord[]): Promise<readonly PublishOutcome[]> {
    return this.producer.publish(records);
  }

  async subscribe(wanted: SubscriptionRequest): Promise<Subscription> {
    const subscription = new PlatformaticSubscription(this.options, wanted, () =>
      this.ask((cluster) => cluster.allTopics()),
    );
    await subscription.open();
    this.subscriptions.add(subscription);
    return subscription;
  }

  ends(topics: readonly string[]): Promise<TopicPartitionOffset[]> {
    return this.offsets(topics, latest);
  }

  /** Behind the last record there is none that was written later: it is told as -1. */
  async endsAt(topics: readonly string[], at: Date): Promise<TopicPartitionOffset[]> {
    const [then, now] = await Promise.all([this.offsets(topics, BigInt(at.getTime())), this.ends(topics)]);
    const endOf = ({ topic, partition }: TopicPartition) =>
      now.filter((end) => end.topic === topic && end.partition === partition);
    return then.flatMap((end) => (end.offset < 0n ? endOf(end) : [end]));
  }

  private offsets(topics: readonly string[], timestamp: bigint): Promise<TopicPartitionOffset[]> {
    return this.ask(async (cluster) => {
      const leaders = grouped(await placesOf(cluster, topics), (place) => cluster.leaderOf(place));
      const told = await Promise.all([...leaders].map(([leader, own]) => offsetsAt(cluster, leader, timestamp, own)));
      return told.flat().flatMap(({ errorCode, ...end }) => (errorCode === 0 ? [end] : []));
    });
  }

  committed(group: string, topics: readonly string[]): Promise<TopicPartitionOffset[]> {
    return this.ask(async (cluster) => {
      const places = await placesOf(cluster, topics);
      return committedBy(cluster, await cluster.at(await cluster.coordinatorOf(group)), group, places);
    });
  }

  readers(topics: readonly string[]): Promise<TopicPartitionOffset[]> {
    const all = () =>
      this.ask(async (cluster) => {
        await cluster.locate([], true);
        const { api } = cluster.client.library.listGroupsV2;
        const told = await Promise.all(
          cluster.nodeIds.map(async (nodeId) => cluster.ask(await cluster.node(nodeId), api, [], [])),
        );
        return told.flatMap(({ groups }) => groups.map(({ groupId }) => groupId));
      });
    return this.groups.positions(topics, all, (group) => this.committed(group, topics));
  }

  retention(topics: readonly string[]): Promise<TopicRetention[]> {
    return this.ask(async (cluster) => {
      const resources = topics.map((resourceName) => ({
        resourceType: cluster.client.library.ConfigResourceTypes.TOPIC,
        resourceName,
        configurationKeys: [...retentionSettings],
      }));
      const { api } = cluster.client.library.describeConfigsV2;
      const { results } = await cluster.ask(await cluster.any(), api, resources, false, false);
      return topics.map((topic) => {
        const { errorCode, configs } = results.find(({ resourceName }) => resourceName === topic)!;
        if (errorCode === 0) return retentionFrom(topic, (name) => configs.find((each) => each.name === name)?.value);
        if (!answers.has(errorCode)) throw cluster.failure(errorCode);
        return { topic, keptMs: undefined, reason: cluster.errorOf(errorCode).message };
      });
    });
  }

  async close(): Promise<void> {
    for (const subscription of this.subscriptions) await subscription.close();
    await this.producer.close();
    await this.leave();
  }

  /** A cluster that failed is not used again. */
  private async ask<T>(question: (cluster: Cluster) => Promise<T>): Promise<T> {
    this.cluster ??= new Cluster(this.options.client);
    try {
      return await within(answeringMs, 'the broker', question(this.cluster));
    } catch (error) {
      await this.leave();
      throw error;
    }
  }

  private async leave(): Promise<void> {
    const { cluster } = this;
    this.cluster = undefined;
    await cluster?.close();
  }
}

/** The partitions of those of these topics that are there. */
async function placesOf(cluster: Cluster, topics: readonly string[]): Promise<TopicPartition[]> {
  await cluster.locate(
    topics,
    topics.some((topic) => cluster.partitionsOf(topic).length === 0),
  );
  return topics.flatMap((topic) =>
    cluster.partitionsOf(topic).map(({ partitionId: partition }) => ({ topic, partition })),
  );
}
