import { setTimeout } from 'node:timers/promises';
import type { API, Broker, Connection, ConnectionPool } from '@platformatic/kafka';
import { backOffMs, type TopicPartition } from '../../runtime';
import { UNKNOWN_TOPIC_OR_PARTITION, type KafkaError } from '../producer-connections';
import { within } from '../within';
import type { PlatformaticClient } from './client';

const closingMs = 5_000;
const metadataForMs = 60_000;
const pauses = { firstMs: 100, mostMs: 2_000 };
const triesMax = 5;
const brokersMax = 1_000;
const GROUP = 0;

interface Topic {
  readonly errorCode: number;
  readonly partitions: readonly { readonly partitionId: number; readonly leader: number }[];
}

/**
 * The brokers of a cluster, over connections of its own. The client's own producer, consumer and admin are not used: they
 * take the first error of an answer for all of it, and join a group anew where a commit is refused, to commit it all the
 * same. Each request has the newest form that brokers of Kafka 2.4 and later know.
 */
export class Cluster {
  private readonly pool: ConnectionPool;
  private readonly topics = new Map<string, Topic>();
  private nodes: ReadonlyMap<number, Broker> = new Map();
  private knownAtMs = -Infinity;
  /** Who is asked first: another one after each that has not answered, since one that is frozen still takes connections. */
  private first = Math.floor(Math.random() * brokersMax);

  constructor(
    readonly client: PlatformaticClient,
    requestMs = 10_000,
  ) {
    this.pool = client.pool(requestMs);
    this.pool.on('connecting', ({ connection }) => connection.on('error', () => {})); // each request is told of it
  }

  /** Whom to ask for what any broker knows. */
  any(): Promise<Connection> {
    const all = [...this.client.brokers, ...this.nodes.values()];
    const first = this.first % all.length;
    return this.pool.getFirstAvailable([...all.slice(first), ...all.slice(0, first)]);
  }

  at(broker: Broker): Promise<Connection> {
    return this.pool.get(broker);
  }

  node(nodeId: number): Promise<Connection> {
    return this.pool.get(this.nodes.get(nodeId)!); // it rejects where there is none
  }

  get nodeIds(): readonly number[] {
    return [...this.nodes.keys()];
  }

  /** Of a cluster that has just started, there is none for a while. */
  async coordinatorOf(group: string): Promise<Broker> {
    const { findCoordinatorV2 } = this.client.library;
    for (let tries = 1; ; tries++) {
      const answer = await this.ask(await this.any(), findCoordinatorV2.api, GROUP, [group]);
      const { errorCode, host, port } = answer.coordinators[0]!;
      if (errorCode === 0) return { host, port };
      if (tries >= triesMax) throw this.failure(errorCode);
      await setTimeout(backOffMs(tries, pauses, Math.random()));
    }
  }

  /** Resolves with the answer, whatever it says of parts of it: the client would reject with the first error in it. */
  async ask<Arguments extends unknown[], Answer>(
    connection: Connection,
    api: API<Arguments, Answer>,
    ...args: Arguments
  ): Promise<Answer> {
    try {
      return await api.async(connection, ...args);
    } catch (error) {
      if (error instanceof this.client.library.ResponseError) return error.response as Answer;
      this.first++;
      throw error;
    }
  }

  /** Finds out where these topics are, unless that is known; `stale`: what is known of all of them may be wrong. */
  async locate(topics: readonly string[], stale = false): Promise<void> {
    const isOld = stale || performance.now() - this.knownAtMs > metadataForMs;
    const missing = topics.filter((topic) => !this.topics.has(topic));
    const asked = isOld ? [...new Set([...this.topics.keys(), ...topics])] : missing;
    if (isOld || asked.length > 0) await this.metadata(asked);
    if (isOld) this.knownAtMs = performance.now();
  }

  /** The names of all topics. */
  async allTopics(): Promise<ReadonlySet<string>> {
    return new Set(await this.metadata(null));
  }

  /**
   * One without a leader keeps its place, so that keys stay in their partitions; whoever asks the broker that stands in for
   * its leader is told that it is none.
   */
  private async metadata(asked: readonly string[] | null): Promise<readonly string[]> {
    const { metadataV8 } = this.client.library;
    const { brokers, topics } = await this.ask(await this.any(), metadataV8.api, asked && [...asked], false);
    this.nodes = new Map(brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
    for (const { name, errorCode, partitions } of asked ? topics : [])
      this.topics.set(name, {
        errorCode,
        partitions: (errorCode === 0 ? partitions : [])
          .map(({ partitionIndex, leaderId }) => ({
            partitionId: partitionIndex,
            leader: this.nodes.has(leaderId) ? leaderId : this.standIn,
          }))
          .sort((one, other) => one.partitionId - other.partitionId),
      });
    return topics.map(({ name }) => name);
  }

  private get standIn(): number {
    return this.nodeIds[0] ?? -1;
  }

  leaderOf({ topic, partition }: TopicPartition): number {
    return this.partitionsOf(topic)[partition]?.leader ?? this.standIn;
  }

  /** A topic that cannot be had has none. */
  partitionsOf(topic: string): Topic['partitions'] {
    return this.topics.get(topic)?.partitions ?? [];
  }

  errorCodeOf(topic: string): number {
    return this.topics.get(topic)?.errorCode ?? UNKNOWN_TOPIC_OR_PARTITION;
  }

  errorOf(code: number): KafkaError {
    const { protocolErrors, protocolErrorsCodesById } = this.client.library;
    const type = (protocolErrorsCodesById as Readonly<Record<number, string>>)[code] ?? `error ${code}`;
    return { type, message: protocolErrors[type]?.message ?? type };
  }

  failure(code: number): Error {
    const { type, message } = this.errorOf(code);
    return new Error(`${message} (${type})`);
  }

  /** What is under way fails. */
  async close(): Promise<void> {
    const connections = [...this.pool].map(([, connection]) => connection);
    const closing = this.pool.close();
    for (const { socket } of connections) socket?.destroy(); // the other side may be gone, and would be waited for
    await within(closingMs, 'the broker', closing).catch(() => {});
  }
}
