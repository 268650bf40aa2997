/** Headers of a record, in their order; a name may come several times. */
export type Headers = readonly (readonly [name: string, value: Buffer | null])[];

/** A record to be published. */
export interface ProducerRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer;
  readonly headers?: readonly (readonly [name: string, value: Buffer])[];
}

/** What has become of a record that was to be published. */
export type PublishOutcome =
  | { readonly status: 'durable' }
  /** The log will not take it, however often it is asked: too large, invalid, not permitted, a topic that is not there. */
  | { readonly status: 'refused'; readonly reason: string }
  | PublishFailure;

/** Perhaps it is there, perhaps not: publish it again. */
export interface PublishFailure {
  readonly status: 'failed';
  readonly reason: string;
  /**
   * The partition, or whatever else its failure is about: `<topic>/<partition>`. What fails at one place is tried again
   * together.
   */
  readonly where: string;
  /** The log itself has said so; false: nobody has answered. */
  readonly isAnswer: boolean;
}

/** A record of a log. Key and value are as they were found, which may be missing or garbage. */
export interface ConsumerRecord {
  readonly topic: string;
  readonly partition: number;
  /** Position in its partition; later records have greater ones. */
  readonly offset: bigint;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Headers;
}

/** A partition of a topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** The next record that is to be handed over. */
export interface TopicPartitionOffset extends TopicPartition {
  readonly offset: bigint;
}

/**
 * A partitioned log. Records of one key of a topic are in one partition, in the order in which they were published.
 * A group has one owner a partition at a time, and goes on after a crash from where it last committed: every record is
 * handed over at least once.
 */
export abstract class Broker {
  /**
   * Resolves with what has become of each record, in their order; rejects when that is not known of any. One call at a time.
   * Records of one topic and key keep their order: behind one that failed or was refused, none of the same key is durable.
   */
  abstract publish(records: readonly ProducerRecord[]): Promise<readonly PublishOutcome[]>;
  /** Joins the group and hands records over until `close`. Resolves when the group has given this member its partitions. */
  abstract subscribe(wanted: SubscriptionRequest): Promise<Subscription>;
  /** Where the partitions of these topics end now. */
  abstract ends(topics: readonly string[]): Promise<readonly TopicPartitionOffset[]>;
  /** Where the group would go on. A partition without a commit is at its beginning and may be missing. */
  abstract committed(group: string, topics: readonly string[]): Promise<readonly TopicPartitionOffset[]>;
  /**
   * Where each group that has committed something of these topics would go on. A partition of which a group has committed
   * nothing may be missing. A broker that cannot know does not have this method.
   */
  readers?(topics: readonly string[]): Promise<readonly TopicPartitionOffset[]>;
  /**
   * Where each partition of these topics ended at that time, by the times of its records. A broker that cannot know does
   * not have this method.
   */
  endsAt?(topics: readonly string[], at: Date): Promise<readonly TopicPartitionOffset[]>;
  /**
   * For how long each of these topics may hand over again what was committed: how long it keeps its records, by its own
   * settings. A broker that cannot know does not have this method.
   */
  retention?(topics: readonly string[]): Promise<readonly TopicRetention[]>;
  abstract close(): Promise<void>;
}

/** For how long a topic may hand a record over again. */
export interface TopicRetention {
  readonly topic: string;
  /** Since it was published; `Infinity`: for good. `undefined`: that is not to be known. */
  readonly keptMs: number | undefined;
  /** The settings that say so, or why it is not to be known. */
  readonly reason: string;
}

/** What a member of a consumer group listens to, and who is handed its records. */
export interface SubscriptionRequest {
  readonly group: string;
  readonly topics: readonly string[];
  /** Takes records over, in the order of their partitions. Returns at once and throws nothing. */
  receive(records: readonly ConsumerRecord[]): void;
  /** Partitions have moved: forget what was taken over and is not committed; what is still ours is handed over again. */
  reassigned(): void;
}

/** A topic, or one of its partitions, that cannot be read or written for now. */
export interface TopicFault {
  readonly topic: string;
  readonly partition?: number;
  readonly reason: string;
}

/** A membership in a consumer group. */
export interface Subscription {
  /** Why the log cannot be read at all; `undefined` when it has answered lately. */
  readonly outage: string | undefined;
  /** What cannot be read while the rest can. It is tried again by itself. */
  readonly topicFaults: readonly TopicFault[];
  /** The partitions that are this member's. */
  readonly assigned: readonly TopicPartition[];
  /** Each position is the next record to be handed over after a crash. Rejects when the group has moved on without us. */
  commit(positions: readonly TopicPartitionOffset[]): Promise<void>;
  /** Hands over nothing more of a partition, but what is already on its way, until `resume`, or until partitions move. */
  pause(place: TopicPartition): void;
  resume(place: TopicPartition): void;
  /** Resolves when nothing will be handed over any more. */
  close(): Promise<void>;
}
