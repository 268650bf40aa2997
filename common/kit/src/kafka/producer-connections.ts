import type { Message } from './partition-queue';

/** What sending needs of a client of Kafka. */
export interface ProducerConnections {
  /** Finds out where these topics are, unless that is known; `stale`: what is known of all of them may be wrong. */
  locate(topics: readonly string[], stale: boolean): Promise<void>;
  /** The partitions of a topic and the brokers that lead them. A topic that cannot be had has none. */
  partitionsOf(topic: string): readonly { readonly partitionId: number; readonly leader: number }[];
  /** Why a topic cannot be had. */
  errorCodeOf(topic: string): number;
  /** An error of Kafka's protocol. */
  errorOf(code: number): KafkaError;
  /** Resolves with what a broker has said of each partition when all replicas in sync have it. */
  produce(nodeId: number, topics: readonly TopicMessages[]): Promise<readonly ProducedTopic[]>;
  disconnect(): Promise<void>;
}

/** `type`: its name, as Kafka has it. */
export interface KafkaError {
  readonly type: string;
  readonly message: string;
}

export interface TopicMessages {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number; readonly messages: readonly Message[] }[];
}

export interface ProducedTopic {
  readonly topicName: string;
  readonly partitions: readonly {
    readonly partition: number;
    readonly errorCode: number;
    readonly baseOffset: string | bigint;
  }[];
}

/** What a broker may take for its replicas; then it says that it does not know. */
export const replicatingMs = 8_000;
export const UNKNOWN_TOPIC_OR_PARTITION = 3;
