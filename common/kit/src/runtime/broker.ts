/** A record to be published. */
export interface Outgoing {
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer;
}

/** A record of a log. Key and value are as they were found, which may be missing or garbage. */
export interface Incoming {
  readonly topic: string;
  readonly partition: number;
  /** Position in its partition; later records have greater ones. */
  readonly offset: bigint;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** A partition of a topic. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** The next record that is to be handed over. */
export interface Position extends Place {
  readonly offset: bigint;
}

/**
 * A partitioned log. Records of one key of a topic are in one partition, in the order in which they were published.
 * A group has one owner a partition at a time, and goes on after a crash from where it last committed: every record is
 * handed over at least once.
 */
export abstract class Broker {
  /**
   * Resolves when all records are durable. Rejects when any of them may not be: publish all of them again. One call at a
   * time; records of one key keep their order.
   */
  abstract publish(records: readonly Outgoing[]): Promise<void>;
  /** Joins the group and hands records over until `close`. Resolves when the group has given this member its partitions. */
  abstract subscribe(wanted: Subscribing): Promise<Subscription>;
  /** Where the partitions of these topics end now. */
  abstract ends(topics: readonly string[]): Promise<readonly Position[]>;
  /** Where the group would go on. A partition without a commit is at its beginning and may be missing. */
  abstract committed(group: string, topics: readonly string[]): Promise<readonly Position[]>;
  abstract close(): Promise<void>;
}

export interface Subscribing {
  readonly group: string;
  readonly topics: readonly string[];
  /** Takes records over, in the order of their partitions. Returns at once and throws nothing. */
  receive(records: readonly Incoming[]): void;
  /** Partitions have moved: forget what was taken over and is not committed; what is still ours is handed over again. */
  reassigned(): void;
}

export interface Subscription {
  /** Whether the log has answered lately. */
  readonly healthy: boolean;
  /** Each position is the next record to be handed over after a crash. Rejects when the group has moved on without us. */
  commit(positions: readonly Position[]): Promise<void>;
  /** Hands over nothing more of a partition, but what is already on its way, until `resume`, or until partitions move. */
  pause(place: Place): void;
  resume(place: Place): void;
  /** Resolves when nothing will be handed over any more. */
  close(): Promise<void>;
}
