import type { Clock } from '../ports';
import type {
  Broker,
  ConsumerRecord,
  ProducerRecord,
  TopicPartition,
  TopicPartitionOffset,
  PublishOutcome,
  SubscriptionRequest,
  Subscription,
  TopicFault,
  TopicRetention,
} from '../runtime';
import type { LogFile } from './log-file';

const fetchMax = 500;
const trimAfterMs = 5_000;
/** After which what the file did not let be done is tried again. */
const againAfterMs = 200;

/**
 * A broker within the process, over a log in a file: partitions by key, offsets, groups that go on from their last commit.
 * For one machine: development, demonstrations, tests. A group has one member. Records are kept until every group that has
 * ever joined is done with them. A file that cannot be read or written for a while makes it unhealthy, and is tried again.
 */
export class EmbeddedBroker implements Broker {
  private readonly members = new Map<string, Member>();
  private cancelTrim = () => {};
  private writable = true;

  constructor(
    private readonly log: LogFile,
    private readonly clock: Clock,
    { trims = true }: { readonly trims?: boolean } = {},
  ) {
    if (trims) this.trimAfter(trimAfterMs);
  }

  async publish(records: readonly ProducerRecord[]): Promise<readonly PublishOutcome[]> {
    this.log.append(records.map(({ key, ...record }) => ({ ...record, key: Buffer.from(key) })));
    this.wake(new Set(records.map(({ topic }) => topic)));
    return records.map(() => durable);
  }

  /** Hands over what has come into these topics. */
  wake(topics: ReadonlySet<string>): void {
    for (const member of this.members.values()) if (member.topics.some((topic) => topics.has(topic))) member.wake();
  }

  async subscribe(wanted: SubscriptionRequest): Promise<Subscription> {
    const { group } = wanted;
    if (this.members.has(group))
      throw new Error(`group "${group}" has a member already; the embedded broker gives it one`);
    this.log.join(group, wanted.topics);
    const member = new Member(this.log, this.clock, wanted, {
      leave: () => this.members.delete(group),
      isWritable: () => this.writable,
    });
    this.members.set(group, member);
    member.wake();
    return member;
  }

  async ends(topics: readonly string[]): Promise<TopicPartitionOffset[]> {
    return topics.flatMap((topic) =>
      Array.from({ length: this.log.partitions }, (_, partition) => ({
        topic,
        partition,
        offset: BigInt(this.log.end(topic, partition)),
      })),
    );
  }

  async committed(group: string, topics: readonly string[]): Promise<TopicPartitionOffset[]> {
    return topics.flatMap((topic) => this.log.committed(group, topic));
  }

  async readers(topics: readonly string[]): Promise<TopicPartitionOffset[]> {
    return topics.flatMap((topic) => this.log.readers(topic));
  }

  /** What a group is done with is never handed to it again: it goes on where it has committed, and nowhere else. */
  async retention(topics: readonly string[]): Promise<TopicRetention[]> {
    return topics.map((topic) => ({ topic, keptMs: 0, reason: 'the embedded broker goes back behind no commit' }));
  }

  async close(): Promise<void> {
    this.cancelTrim();
    for (const member of this.members.values()) await member.close();
    this.log.close();
  }

  /** Whether every member has been handed everything. */
  get idle(): boolean {
    return [...this.members.values()].every((member) => member.idle);
  }

  private trimAfter(delayMs: number): void {
    this.cancelTrim = this.clock.after(delayMs, () => {
      this.writable = succeeds(() => this.log.trim());
      this.trimAfter(this.writable ? trimAfterMs : againAfterMs);
    });
  }
}

const durable: PublishOutcome = { status: 'durable' };

class Member implements Subscription {
  readonly group: string;
  readonly topics: readonly string[];
  private readonly positions = new Map<string, number>();
  private readonly paused = new Set<string>();
  private closed = false;
  private awake = false;
  private reads = true;

  constructor(
    private readonly log: LogFile,
    private readonly clock: Clock,
    private readonly wanted: SubscriptionRequest,
    private readonly broker: { leave(): void; isWritable(): boolean },
  ) {
    this.group = wanted.group;
    this.topics = wanted.topics;
    for (const topic of wanted.topics)
      for (const { partition, offset } of log.committed(wanted.group, topic))
        this.positions.set(`${topic}/${partition}`, Number(offset));
  }

  get outage(): string | undefined {
    return this.reads && this.broker.isWritable() ? undefined : 'its file cannot be read or written';
  }

  readonly topicFaults: readonly TopicFault[] = [];

  get assigned(): readonly TopicPartition[] {
    return this.topics.flatMap((topic) =>
      Array.from({ length: this.log.partitions }, (_, partition) => ({ topic, partition })),
    );
  }

  get idle(): boolean {
    return this.closed || this.lagging().length === 0;
  }

  async commit(positions: readonly TopicPartitionOffset[]): Promise<void> {
    this.log.commit(this.group, positions);
  }

  pause({ topic, partition }: TopicPartition): void {
    this.paused.add(`${topic}/${partition}`);
  }

  resume({ topic, partition }: TopicPartition): void {
    this.paused.delete(`${topic}/${partition}`);
    this.wake();
  }

  async close(): Promise<void> {
    if (!this.closed) this.broker.leave();
    this.closed = true;
  }

  wake(): void {
    if (this.awake) return;
    this.awake = true;
    this.clock.soon(() => {
      this.fetch();
    });
  }

  private fetch(): void {
    this.awake = false;
    for (const { topic, partition, from } of this.lagging()) {
      if (this.closed) return;
      let records: ConsumerRecord[] = [];
      this.reads = succeeds(() => (records = this.log.read(topic, partition, from, fetchMax)));
      if (!this.reads) return this.fetchAgain();
      const last = records.at(-1);
      this.positions.set(`${topic}/${partition}`, last ? Number(last.offset) + 1 : this.log.end(topic, partition));
      if (last) this.wanted.receive(records);
    }
    if (!this.idle) this.wake();
  }

  private fetchAgain(): void {
    this.awake = true;
    this.clock.after(againAfterMs, () => this.fetch());
  }

  private lagging(): { topic: string; partition: number; from: number }[] {
    const lagging = [];
    for (const topic of this.topics)
      for (let partition = 0; partition < this.log.partitions; partition++) {
        const from = this.positions.get(`${topic}/${partition}`)!;
        if (this.paused.has(`${topic}/${partition}`)) continue;
        if (from < this.log.end(topic, partition)) lagging.push({ topic, partition, from });
      }
    return lagging;
  }
}

/** A timer must not throw: that would end the process. */
function succeeds(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
