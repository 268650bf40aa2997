import { setTimeout } from 'node:timers/promises';
import type { Batch, Consumer, KafkaMessage } from 'kafkajs';
import { backOffMs, type Incoming, type Place, type Position, type Subscribing, type Subscription } from '../runtime';
import { Continuity } from './continuity';
import { evict } from './evict';
import type { KafkaBrokerOptions } from './kafka-broker';
import { leave } from './leave';

/** After so long without any answer, heartbeats included, the log counts as gone. */
const silenceMs = 8_000;
const heartbeatMostMs = 2_500;
/** What the first join may take. */
const patienceMs = 30_000;
const pauses = { firstMs: 200, mostMs: 5_000 };

/**
 * A member of a consumer group. kafkajs is only asked to fetch: whatever it hands over is taken over at once, offsets are
 * committed by who subscribed, and nothing is ever thrown at it, since it would stop for good. A consumer that crashes is
 * not used again; another one takes its place, as long as it takes.
 */
export class KafkaSubscription implements Subscription {
  private consumer: Consumer | undefined;
  private readonly continuity = new Continuity();
  private answeredAtMs = performance.now();
  private replacing = false;
  private closed = false;

  constructor(
    private readonly options: KafkaBrokerOptions,
    private readonly wanted: Subscribing,
    private readonly missing: () => Promise<readonly string[]>,
  ) {}

  get healthy(): boolean {
    return this.consumer !== undefined && performance.now() - this.answeredAtMs < silenceMs;
  }

  /** Resolves when the group has given this member its partitions. A broker that has just started says no for a while. */
  async open(): Promise<void> {
    const untilMs = performance.now() + patienceMs;
    for (let tries = 1; ; tries++) {
      try {
        return await this.join();
      } catch (error) {
        if (error instanceof MissingTopics || performance.now() > untilMs) throw error;
        this.options.log.warn(
          { group: this.wanted.group, error: String(error) },
          'could not join the group; trying again',
        );
        await setTimeout(backOffMs(tries, pauses, Math.random()));
      }
    }
  }

  private async join(): Promise<void> {
    const missing = await this.missing();
    if (missing.length > 0) throw new MissingTopics(missing);
    const { kafka, clientId, sessionTimeoutMs } = this.options;
    const { group: groupId, topics } = this.wanted;
    await evict(kafka, groupId, clientId);
    const consumer = kafka.consumer({
      groupId,
      allowAutoTopicCreation: false,
      metadataMaxAge: 60_000,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: Math.min(sessionTimeoutMs / 4, heartbeatMostMs),
      rebalanceTimeout: 60_000,
      minBytes: 1,
      maxWaitTimeInMs: 1_000, // a record ends the waiting; an empty answer every few milliseconds is nothing but work
      maxBytesPerPartition: 256 * 1024,
      retry: { retries: 10, restartOnFailure: async () => false }, // kafkajs never begins to count anew
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      await this.run(consumer);
    } catch (error) {
      await leave(consumer);
      throw error;
    }
    if (this.closed) await this.close();
  }

  async commit(positions: readonly Position[]): Promise<void> {
    if (!this.consumer) throw new Error('the consumer has crashed and is being replaced');
    await this.consumer.commitOffsets(positions.map(({ offset, ...place }) => ({ ...place, offset: String(offset) })));
  }

  pause({ topic, partition }: Place): void {
    this.consumer?.pause([{ topic, partitions: [partition] }]);
  }

  resume({ topic, partition }: Place): void {
    this.consumer?.resume([{ topic, partitions: [partition] }]);
  }

  async close(): Promise<void> {
    this.closed = true;
    const { consumer } = this;
    this.consumer = undefined;
    await leave(consumer);
  }

  /** Resolves when it has joined; from then on, it is replaced when it crashes. */
  private async run(consumer: Consumer): Promise<void> {
    let joined = false;
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.REQUEST, () => (this.answeredAtMs = performance.now()));
      consumer.on(consumer.events.GROUP_JOIN, () => {
        if (joined) return this.moved(consumer);
        joined = true;
        this.consumer = consumer;
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
            if (this.consumer === consumer && this.takeOver(payload.batch))
              payload.resolveOffset(payload.batch.lastOffset());
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
    this.wanted.receive(batch.messages.map((message) => incoming(topic, partition, message)));
    return true;
  }

  private moved(consumer: Consumer): void {
    this.continuity.move();
    this.wanted.reassigned();
    consumer.resume(consumer.paused());
  }

  private async replace(crashed: Consumer, error: Error): Promise<void> {
    if (this.closed || this.consumer !== crashed) return;
    this.consumer = undefined;
    if (this.replacing) return; // it had only just joined
    this.replacing = true;
    this.continuity.move();
    this.wanted.reassigned();
    const { log } = this.options;
    log.warn({ group: this.wanted.group, error: String(error) }, 'the consumer has crashed; joining the group again');
    for (let tries = 1; !this.closed && !this.consumer; tries++) {
      await setTimeout(backOffMs(tries, pauses, Math.random()));
      await this.join().catch((again: unknown) => log.warn({ error: String(again) }, 'could not join the group'));
    }
    this.replacing = false;
  }
}

class MissingTopics extends Error {
  constructor(topics: readonly string[]) {
    super(`these topics are missing: ${topics.join(', ')}; create them with "npm run topics -- create"`);
  }
}

function incoming(topic: string, partition: number, { offset, key, value, headers }: KafkaMessage): Incoming {
  const texts = Object.entries(headers ?? {}).map(([name, content]) => [name, String(content)]);
  return {
    topic,
    partition,
    offset: BigInt(offset),
    key,
    value,
    headers: Object.fromEntries(texts) as Incoming['headers'],
  };
}
