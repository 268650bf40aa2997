import { setTimeout } from 'node:timers/promises';
import type { Batch, Consumer } from 'kafkajs';
import {
  backOffMs,
  type TopicPartition,
  type TopicPartitionOffset,
  type SubscriptionRequest,
  type Subscription,
  type TopicFault,
} from '../runtime';
import { AbsentTopics } from './absent-topics';
import { consumerSettings } from './consumer-settings';
import { Continuity } from './continuity';
import { withCluster, type DividedCluster } from './divided-answers';
import { evict } from './evict';
import { Answers, joiningPauses, joinPatiently, soundMs } from './group-member';
import type { KafkaBrokerOptions } from './kafka-broker-options';
import { consumerRecord, placesOf } from './consumer-record';
import { leave } from './leave';
import { PartitionTroubles } from './partition-troubles';

/**
 * A member of a consumer group. kafkajs is only asked to fetch: whatever it hands over is taken over at once, offsets are
 * committed by who subscribed, and nothing is ever thrown at it, since it would stop for good. A consumer that crashes is
 * not used again; another one takes its place, as long as it takes, after longer and longer pauses. A topic that is not
 * there, and a partition that cannot be read, keep nobody else waiting.
 */
export class KafkaSubscription implements Subscription {
  private consumer: Consumer | undefined;
  private readonly continuity = new Continuity();
  private readonly unreadable: PartitionTroubles;
  private readonly paused = new Set<string>();
  private readonly absent: AbsentTopics;
  private places: readonly TopicPartition[] = [];
  private readonly answers = new Answers();
  private joinedAtMs = 0;
  private crashes = 0;
  private reason = 'it has not answered yet';
  private replacing = false;
  private closed = false;

  constructor(
    private readonly options: KafkaBrokerOptions,
    private readonly wanted: SubscriptionRequest,
    existing: () => Promise<ReadonlySet<string>>,
  ) {
    this.absent = new AbsentTopics(wanted.topics, options.log, existing);
    this.unreadable = new PartitionTroubles(
      options.log,
      (place) => this.tell('pause', place),
      (place) => void (this.paused.has(keyOf(place)) || this.tell('resume', place)),
    );
  }

  get outage(): string | undefined {
    return this.consumer ? this.answers.outage : this.reason;
  }

  get topicFaults(): readonly TopicFault[] {
    return [...this.absent.topicFaults, ...this.unreadable.all];
  }

  get assigned(): readonly TopicPartition[] {
    return this.places;
  }

  /** Resolves when the group has given this member its partitions. A broker that has just started says no for a while. */
  async open(): Promise<void> {
    const { log } = this.options;
    await joinPatiently(
      () => this.join(),
      (error) => log.warn({ group: this.wanted.group, error: String(error) }, 'could not join the group; trying again'),
    );
    void this.absent.watch({
      isClosed: () => this.closed,
      member: () => this.consumer,
      joinAgain: async (consumer, reason) => {
        await leave(consumer);
        await this.replace(consumer, new Error(reason));
      },
    });
  }

  private async join(): Promise<void> {
    await this.absent.look();
    const { kafka, clientId, sessionTimeoutMs } = this.options;
    const { group: groupId, topics } = this.wanted;
    await evict(kafka, groupId, clientId);
    const make = () => kafka.consumer(consumerSettings(groupId, sessionTimeoutMs));
    const { client: consumer, cluster } = withCluster(kafka, make);
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      await this.run(consumer, cluster);
    } catch (error) {
      await leave(consumer);
      throw error;
    }
    if (this.closed) await this.close();
  }

  async commit(positions: readonly TopicPartitionOffset[]): Promise<void> {
    const { consumer } = this;
    if (!consumer) throw new Error(`the consumer is being replaced: ${this.reason}`);
    let isCommitted = false;
    const forget = consumer.on(consumer.events.COMMIT_OFFSETS, () => (isCommitted = true));
    try {
      await consumer.commitOffsets(positions.map(({ offset, ...place }) => ({ ...place, offset: String(offset) })));
    } finally {
      forget();
    }
    if (!isCommitted) throw new Error('the consumer has stopped without committing'); // it does not say so by itself
  }

  pause(place: TopicPartition): void {
    this.paused.add(keyOf(place));
    this.tell('pause', place);
  }

  resume(place: TopicPartition): void {
    this.paused.delete(keyOf(place));
    if (!this.unreadable.isHeld(place)) this.tell('resume', place);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.unreadable.clear();
    const { consumer } = this;
    this.consumer = undefined;
    await leave(consumer);
  }

  /** A consumer that is about to crash does not listen any more; the next one begins with nothing paused. */
  private tell(what: 'pause' | 'resume', { topic, partition }: TopicPartition): void {
    try {
      this.consumer?.[what]([{ topic, partitions: [partition] }]);
    } catch (error) {
      this.options.log.debug({ topic, partition, error: String(error) }, `could not ${what} a partition`);
    }
  }

  /** Resolves when it has joined; from then on, it is replaced when it crashes. */
  private async run(consumer: Consumer, cluster: DividedCluster): Promise<void> {
    let joined = false;
    const isCurrent = () => this.consumer === consumer;
    cluster.watch = {
      failed: (place, error) => {
        if (!isCurrent()) return;
        if ((error as { type?: string }).type === 'UNKNOWN_TOPIC_OR_PARTITION') this.absent.gone(place.topic);
        this.unreadable.failed(place, error);
      },
      answered: (place) => void (isCurrent() && this.unreadable.answered(place)),
    };
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.REQUEST, () => this.answers.heard());
      consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment } }) => {
        this.places = placesOf(memberAssignment);
        if (joined) return this.moved(consumer);
        joined = true;
        [this.consumer, this.joinedAtMs] = [consumer, performance.now()];
        resolve();
      });
      consumer.on(consumer.events.CRASH, ({ payload: { error } }) => {
        if (joined) void this.replace(consumer, error);
        else reject(error);
      });
      consumer
        .run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          eachBatch: async (payload) => {
            if (isCurrent() && this.takeOver(payload.batch)) payload.resolveOffset(payload.batch.lastOffset());
          },
        })
        .catch(reject);
    });
  }

  private takeOver(batch: Batch): boolean {
    const { topic, partition } = batch;
    const { fetchedOffset } = batch as Batch & { readonly fetchedOffset: string };
    const next = BigInt(batch.lastOffset()) + 1n;
    if (!this.continuity.goesOn({ topic, partition, from: BigInt(fetchedOffset), next })) return false;
    this.wanted.receive(batch.messages.map((message) => consumerRecord(topic, partition, message)));
    return true;
  }

  private moved(consumer: Consumer): void {
    this.forget();
    consumer.resume(consumer.paused());
  }

  private forget(): void {
    this.continuity.move();
    this.unreadable.clear();
    this.paused.clear();
    this.wanted.reassigned();
  }

  private async replace(crashed: Consumer, error: Error): Promise<void> {
    if (this.closed || this.consumer !== crashed) return;
    this.consumer = undefined;
    this.reason = error.message;
    if (this.replacing) return; // it had only just joined
    this.replacing = true;
    this.forget();
    const { log } = this.options;
    log.warn({ group: this.wanted.group, error: String(error) }, 'the consumer has crashed; joining the group again');
    while (!this.closed && !this.consumer) {
      this.crashes = performance.now() - this.joinedAtMs > soundMs ? 1 : this.crashes + 1;
      await setTimeout(backOffMs(this.crashes, joiningPauses, Math.random()));
      await this.join().catch((again: Error) => {
        this.reason = again.message;
        log.warn({ group: this.wanted.group, error: String(again) }, 'could not join the group');
      });
    }
    this.replacing = false;
  }
}

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
