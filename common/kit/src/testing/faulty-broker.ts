import type {
  Broker,
  ProducerRecord,
  TopicPartitionOffset,
  PublishOutcome,
  SubscriptionRequest,
  Subscription,
  TopicFault,
  TopicRetention,
} from '../runtime';

/** A broker that fails when a test says so. */
export class FaultyBroker implements Broker {
  /** Records that are acknowledged and never arrive: for what nobody answers. */
  loses: (record: ProducerRecord) => boolean = () => false;
  /** How a publish fails: before anything is written, or after everything is; `undefined`: it does not. */
  fails: (records: readonly ProducerRecord[]) => 'before' | 'after' | undefined = () => undefined;

  /** What becomes of a record by itself; `undefined`: it is taken. */
  verdict: (record: ProducerRecord) => PublishOutcome | undefined = () => undefined;

  /** What subscriptions say that they cannot read. */
  topicFaults: readonly TopicFault[] = [];

  private held: (() => void)[] | undefined;

  constructor(private readonly broker: Broker) {}

  /** Hands nothing over until `release`. */
  hold(): void {
    this.held ??= [];
  }

  release(): void {
    const held = this.held ?? [];
    this.held = undefined;
    for (const handOver of held) handOver();
  }

  async publish(records: readonly ProducerRecord[]): Promise<readonly PublishOutcome[]> {
    const how = this.fails(records);
    const outcomes = this.verdicts(records);
    const taken = records.filter((record, index) => outcomes[index]?.status === 'durable' && !this.loses(record));
    if (how !== 'before') await this.broker.publish(taken);
    if (how) throw new Error(`the test lets this publish fail ${how} it is written`);
    return outcomes;
  }

  /** As a log has it: behind a record that is not taken, none of the same topic and key is. */
  private verdicts(records: readonly ProducerRecord[]): readonly PublishOutcome[] {
    const stopped = new Set<string>();
    return records.map((record) => {
      const orderingKey = `${record.topic}|${record.key}`;
      const behind: PublishOutcome = { status: 'failed', reason: 'behind another', where: orderingKey, isAnswer: true };
      const outcome = stopped.has(orderingKey) ? behind : (this.verdict(record) ?? { status: 'durable' });
      if (outcome.status !== 'durable') stopped.add(orderingKey);
      return outcome;
    });
  }

  async subscribe(wanted: SubscriptionRequest): Promise<Subscription> {
    const receive: SubscriptionRequest['receive'] = (records) => {
      if (this.held) this.held.push(() => wanted.receive(records));
      else wanted.receive(records);
    };
    const subscription = await this.broker.subscribe({ ...wanted, receive });
    return Object.create(subscription, {
      topicFaults: { get: () => [...subscription.topicFaults, ...this.topicFaults] },
    });
  }

  ends(topics: readonly string[]): Promise<readonly TopicPartitionOffset[]> {
    return this.broker.ends(topics);
  }

  committed(group: string, topics: readonly string[]): Promise<readonly TopicPartitionOffset[]> {
    return this.broker.committed(group, topics);
  }

  async readers(topics: readonly string[]): Promise<readonly TopicPartitionOffset[]> {
    return (await this.broker.readers?.(topics)) ?? [];
  }

  /** What is said of how long topics keep their records; `undefined`: what the broker says. */
  kept: ((topic: string) => TopicRetention) | undefined;

  async retention(topics: readonly string[]): Promise<readonly TopicRetention[]> {
    return this.kept ? topics.map(this.kept) : ((await this.broker.retention?.(topics)) ?? []);
  }

  close(): Promise<void> {
    return this.broker.close();
  }
}
