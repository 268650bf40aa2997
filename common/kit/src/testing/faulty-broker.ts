import type { Broker, Outgoing, Position, Subscribing, Subscription } from '../runtime';

/** A broker that fails when a test says so. */
export class FaultyBroker implements Broker {
  /** Records that are acknowledged and never arrive: for what nobody answers. */
  loses: (record: Outgoing) => boolean = () => false;
  /** How a publish fails: before anything is written, or after everything is; `undefined`: it does not. */
  fails: (records: readonly Outgoing[]) => 'before' | 'after' | undefined = () => undefined;

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

  async publish(records: readonly Outgoing[]): Promise<void> {
    const how = this.fails(records);
    if (how !== 'before') await this.broker.publish(records.filter((record) => !this.loses(record)));
    if (how) throw new Error(`the test lets this publish fail ${how} it is written`);
  }

  subscribe(wanted: Subscribing): Promise<Subscription> {
    const receive: Subscribing['receive'] = (records) => {
      if (this.held) this.held.push(() => wanted.receive(records));
      else wanted.receive(records);
    };
    return this.broker.subscribe({ ...wanted, receive });
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
