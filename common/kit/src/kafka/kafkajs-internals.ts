import { createRequire } from 'node:module';
import type { Kafka } from 'kafkajs';
import type { ProducedTopic } from './producer-connections';

// What kafkajs does not give away, and is reached for all the same. It is frozen at 2.2.4: each of these says so loudly
// should it have changed.

/** The connections of one client: a consumer, a producer or an admin has one. */
export interface Cluster {
  readonly brokerPool: BrokerPool;
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  /** Makes sure that these topics are among those whose metadata is known. */
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  refreshMetadata(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  findTopicPartitionMetadata(topic: string): readonly PartitionMetadata[];
  findBroker(node: { readonly nodeId: number }): Promise<Node>;
  findGroupCoordinator(group: { readonly groupId: string }): Promise<Coordinator>;
}

export interface BrokerPool {
  createBroker: (options: object) => Node;
  readonly metadata: { readonly topicMetadata: readonly TopicMetadata[] } | null;
}

export interface TopicMetadata {
  readonly topic: string;
  readonly topicErrorCode: number;
  readonly partitionMetadata: readonly PartitionMetadata[];
}

export interface PartitionMetadata {
  readonly partitionId: number;
  readonly partitionErrorCode: number;
  readonly leader: number;
}

/** A broker of the cluster, and the connections to it. */
export interface Node {
  readonly nodeId: number | null;
  readonly connectionPool: {
    readonly pool: readonly Connection[];
    send(request: object): Promise<unknown>;
  };
  /** Finds the newest version of a request that both sides know. Set when the connection is made. */
  lookupRequest: Lookup;
  disconnect(): Promise<void>;
  produce(request: object): Promise<{ readonly topics: readonly ProducedTopic[] }>;
}

export interface Connection {
  readonly socket?: { destroy(): void };
  rejectRequests(error: Error): void;
  disconnect(): Promise<unknown>;
}

export interface Coordinator {
  describeGroups(groups: { groupIds: string[] }): Promise<{ groups: readonly { members: readonly Member[] }[] }>;
  leaveGroup(member: { groupId: string; memberId: string }): Promise<unknown>;
}
export interface Member {
  readonly memberId: string;
  readonly clientId: string;
}

export type Lookup = (apiKey: number, definitions: object) => (args: object) => Protocol;
export interface Protocol {
  readonly request: { readonly apiVersion: number };
  readonly response: Response;
}
export interface Response {
  readonly decode: (rawData: Buffer) => Promise<any>;
  readonly parse: (data: any) => Promise<unknown>;
}

export interface Decoder {
  readonly buffer: Buffer;
  offset: number;
  readInt16(): number;
  readInt32(): number;
  readInt64(): { toString(): string };
  readString(): string;
  readArray<T>(read: (decoder: Decoder) => T): readonly T[];
}

const load = createRequire(__filename);
export const NewDecoder = load('kafkajs/src/protocol/decoder') as new (buffer: Buffer) => Decoder;
export const decodeMessages = load('kafkajs/src/protocol/requests/fetch/v4/decodeMessages') as (
  decoder: Decoder,
) => Promise<readonly unknown[]>;
/** An error of Kafka's protocol, with its `type` (`NOT_LEADER_FOR_PARTITION`) and a sentence. */
export const errorOf = (load('kafkajs/src/protocol/error') as { createErrorFromCode: ErrorOf }).createErrorFromCode;
type ErrorOf = (code: number) => Error & { readonly type: string };

type CreateCluster = (options: object) => Cluster;

/** How a client of kafkajs makes its clusters: can be replaced. */
export function clusterFactoryOf(kafka: Kafka): { create: CreateCluster; replace(create: CreateCluster): void } {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  const owner = kafka as unknown as Record<symbol, CreateCluster | undefined>;
  const create = symbol && owner[symbol];
  if (!create) throw new Error('kafkajs has changed: see to how it makes a cluster in kafkajs-internals.ts');
  return { create, replace: (other) => (owner[symbol] = other) };
}
