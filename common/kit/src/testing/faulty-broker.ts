import type { Broker, Outgoing, Position, Published, Subscribing, Subscription, Trouble } from '../runtime';

/** A broker that fails when a test says so. */
export class FaultyBroker implements Broker {
  /** Records that are acknowledged and never arrive: for what nobody answers. */
  loses: (record: Outgoing) => boolean = () => false;
  /** How a publish fails: before anything is written, or after everything is; `undefined`: it does not. */
  fails: (records: readonly Outgoing[]) => 'before' | 'after' | undefined = () => undefined;

  /** What becomes of a record by itself; `undefined`: it is taken. */
  verdict: (record: Outgoing) => Published | undefined = () => undefined;

  /** What subscriptions say that they cannot read. */
  troubles: readonly Trouble[] = [];

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

  async publish(records: readonly Outgoing[]): Promise<readonly Published[]> {
    const how = this.fails(records);
    const outcomes = this.verdicts(records);
    const taken = records.filter((record, index) => outcomes[index]?.became === 'durable' && !this.loses(record));
    if (how !== 'before') await this.broker.publish(taken);
    if (how) throw new Error(`the test lets this publish fail ${how} it is written`);
    return outcomes;
  }

  /** As a log has it: behind a record that is not taken, none of the same topic and key is. */
  private verdicts(records: readonly Outgoing[]): readonly Published[] {
    const stopped = new Set<string>();
    return records.map((record) => {
      const line = `${record.topic}|${record.key}`;
      const behind: Published = { became: 'failed', reason: 'behind another', where: line, isAnswer: true };
      const outcome = stopped.has(line) ? behind : (this.verdict(record) ?? { became: 'durable' });
      if (outcome.became !== 'durable') stopped.add(line);
      return outcome;
    });
  }

  async subscribe(wanted: Subscribing): Promise<Subscription> {
    const receive: Subscribing['receive'] = (records) => {
      if (this.held) this.held.push(() => wanted.receive(records));
      else wanted.receive(records);
    };
    const subscription = await this.broker.subscribe({ ...wanted, receive });
    return Object.create(subscription, { troubles: { get: () => [...subscription.troubles, ...this.troubles] } });
  }

  ends(topics: readonly string[]): Promise<readonly Position[]> {
    return this.broker.ends(topics);
  }

  committed(group: string, topics: readonly string[]): Promise<readonly Position[]> {
    return this.broker.committed(group, topics);
  }

  close(): Promise<void> {
    return this.broker.close();
  }
}
