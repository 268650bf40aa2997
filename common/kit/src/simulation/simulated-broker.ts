import type { Clock } from '../ports';
import type {
  Broker,
  ProducerRecord,
  PublishOutcome,
  Subscription,
  SubscriptionRequest,
  TopicPartition,
  TopicPartitionOffset,
  TopicRetention,
} from '../runtime';
import type { BrokerFaultKind, BrokerFaults } from './broker-faults';
import { BrokerTroubles } from './broker-troubles';
import { wholeBelow } from './random';
import { SimulatedGroup } from './simulated-group';
import { placeName, SimulatedLog, type RawRecord, type SimulatedRecord } from './simulated-log';
import { SimulatedMember } from './simulated-member';

/**
 * A broker in memory for simulations: several processes may share it, and groups have several members. It does what its
 * `faults` say, and nothing that a real one could not do: records of a key come to the log in their order, repeated perhaps,
 * and every record is handed over at least once. The same clock, the same random numbers and the same calls have the same
 * outcome.
 */
export class SimulatedBroker implements Broker {
  private readonly log: SimulatedLog;
  private readonly troubles: BrokerTroubles;
  private readonly groups = new Map<string, SimulatedGroup>();
  private readonly members = new Set<SimulatedMember>();
  private readonly clock: Clock;

  /** Every topic has this many partitions. `random`: from 0 on, below 1. */
  constructor(clock: Clock, random: () => number, { partitions = 3 }: { readonly partitions?: number } = {}) {
    this.clock = clock;
    this.log = new SimulatedLog(partitions);
    this.troubles = new BrokerTroubles(clock, random, () => this.mended());
  }

  /** What goes wrong, from now on. What has begun goes on until its time is over. */
  get faults(): BrokerFaults {
    return this.troubles.faults;
  }

  set faults(faults: BrokerFaults) {
    this.troubles.faults = faults;
  }

  /** How often each kind of fault was injected. */
  get injected(): ReadonlyMap<BrokerFaultKind, number> {
    return this.troubles.injected;
  }

  /** Everything that was appended, in that order. */
  get records(): readonly SimulatedRecord[] {
    return this.log.records;
  }

  /** Nothing is on its way: every member was handed everything that it may be, nothing is late and nothing is away. */
  get idle(): boolean {
    return !this.troubles.anyPending && [...this.groups.values()].every((group) => group.isIdle);
  }

  /** Appends anything, whatever is away. */
  put(...records: readonly RawRecord[]): void {
    this.append(records, true);
  }

  async publish(records: readonly ProducerRecord[]): Promise<readonly PublishOutcome[]> {
    const raw = records.map(({ key, ...record }) => ({ ...record, key: Buffer.from(key) }));
    const partitions = this.byPartition(raw);
    this.troubles.strike([...partitions.values()].map(({ place }) => place));
    this.troubles.reach();
    if (this.troubles.happens('publishFails')) throw new Error('the simulated broker has not taken it');
    if (this.troubles.happens('publishLandsLate')) {
      this.troubles.after(this.troubles.drawDelayMs(), () => this.append(raw, false));
      throw new Error('the simulated broker has not answered yet');
    }
    const outcomes: PublishOutcome[] = [];
    for (const partition of partitions.values()) this.write(raw, partition, outcomes);
    if (this.troubles.happens('publishAnswerLost')) throw new Error('the answer of the simulated broker is lost');
    if (this.troubles.happens('publishAnswerLate')) await this.troubles.wait(this.troubles.drawDelayMs());
    return outcomes;
  }

  async subscribe(wanted: SubscriptionRequest): Promise<Subscription> {
    while (this.troubles.outage !== undefined) await this.troubles.wait(joinAgainMs);
    let group = this.groups.get(wanted.group);
    if (!group) this.groups.set(wanted.group, (group = new SimulatedGroup(wanted.group, this.log, this.troubles)));
    const member = new SimulatedMember(group, this.clock, wanted);
    this.members.add(member);
    group.join(member);
    return member;
  }

  async ends(topics: readonly string[]): Promise<readonly TopicPartitionOffset[]> {
    this.troubles.reach();
    return this.log.placesOf(topics).map((place) => ({ ...place, offset: BigInt(this.log.end(place)) }));
  }

  async committed(group: string, topics: readonly string[]): Promise<readonly TopicPartitionOffset[]> {
    this.troubles.reach();
    return this.log.placesOf(topics).flatMap((place) => this.log.committed(group, place) ?? []);
  }

  async readers(topics: readonly string[]): Promise<readonly TopicPartitionOffset[]> {
    this.troubles.reach();
    return this.log.placesOf(topics).flatMap((place) => this.log.readers(place));
  }

  /** A group goes back behind no commit. */
  async retention(topics: readonly string[]): Promise<readonly TopicRetention[]> {
    this.troubles.reach();
    return topics.map((topic) => ({ topic, keptMs: 0, reason: 'the simulated broker goes back behind no commit' }));
  }

  async close(): Promise<void> {
    for (const member of this.members) await member.close();
    this.troubles.end();
  }

  private append(records: readonly RawRecord[], injected: boolean): void {
    this.log.append(records, injected, this.clock.now().getTime());
    const topics = new Set(records.map(({ topic }) => topic));
    for (const group of this.groups.values()) group.wake(topics);
  }

  /** As Kafka does: of what is sent to a partition in one request, it keeps all or nothing; a producer may use several requests. */
  private write(records: readonly RawRecord[], { place, indexes }: Sent, outcomes: PublishOutcome[]): void {
    const { durable, written } = this.taken(place, indexes.length);
    const batch = indexes.slice(0, written).map((index) => records[index]!);
    if (batch.length > 0) this.append(batch, false);
    if (batch.length > 0 && this.troubles.happens('publishTwice')) this.append(batch, false);
    if (durable < indexes.length) {
      const isAnswer = this.troubles.random() < 0.5; // a log may also say that it has written, and not with enough replicas
      const failed = { status: 'failed', reason: 'simulated', where: placeName(place), isAnswer } as const;
      for (const index of indexes.slice(durable)) outcomes[index] = failed;
    }
    for (const index of indexes.slice(0, durable)) outcomes[index] = { status: 'durable' };
  }

  /** How many of the first records of a partition are written, and of how many of them that is told. */
  private taken(place: TopicPartition, count: number): { readonly durable: number; readonly written: number } {
    if (this.troubles.faultOf(place)) return { durable: 0, written: 0 };
    if (!this.troubles.happens('publishPartly')) return { durable: count, written: count };
    const durable = wholeBelow(this.troubles.random, count);
    return { durable, written: durable + wholeBelow(this.troubles.random, count - durable + 1) };
  }

  private byPartition(records: readonly RawRecord[]): ReadonlyMap<string, Sent> {
    const partitions = new Map<string, Sent>();
    records.forEach((record, index) => {
      const place = this.log.placeOf(record);
      const sent = partitions.get(placeName(place));
      if (sent) sent.indexes.push(index);
      else partitions.set(placeName(place), { place, indexes: [index] });
    });
    return partitions;
  }

  private mended(): void {
    for (const group of this.groups.values()) group.wake();
  }
}

/** How long a member waits for a broker that is away. */
const joinAgainMs = 100;

/** What of a publish goes to one partition. */
interface Sent {
  readonly place: TopicPartition;
  readonly indexes: number[];
}
