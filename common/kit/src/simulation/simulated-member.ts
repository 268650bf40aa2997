import type { Clock } from '../ports';
import type { Subscription, SubscriptionRequest, TopicFault, TopicPartition, TopicPartitionOffset } from '../runtime';
import { oneOf, wholeBelow } from './random';
import type { SimulatedGroup } from './simulated-group';
import { placeName } from './simulated-log';

/** A batch has fewer records than one of these. */
const batchSizes = [2, 10, 500];

/** A partition of a member, and how far it was handed over. */
interface OwnPartition extends TopicPartition {
  next: number;
  isPaused: boolean;
}

/** A member of a simulated group. It hands over one batch at a time, of any of its partitions that has more. */
export class SimulatedMember implements Subscription {
  readonly topics: readonly string[];
  isClosed = false;
  private partitions: readonly OwnPartition[] = [];
  private readonly delays = new Map<string, 'waiting' | 'over'>();
  /** The one in which its partitions were given to it. */
  private generation: number | undefined;
  private isAwake = false;
  /** It goes back once at a time: what it hands over again may make it go back again, and there would be no end to it. */
  private willGoBack = false;
  private lastCommitAtMs = 0;

  constructor(
    private readonly group: SimulatedGroup,
    private readonly clock: Clock,
    private readonly wanted: SubscriptionRequest,
  ) {
    this.topics = wanted.topics;
  }

  get outage(): string | undefined {
    return this.group.troubles.outage;
  }

  get topicFaults(): readonly TopicFault[] {
    return this.partitions.flatMap((own) => this.group.troubles.faultOf(own) ?? []);
  }

  get assigned(): readonly TopicPartition[] {
    return this.partitions.map(({ topic, partition }) => ({ topic, partition }));
  }

  /** It has been handed everything that it may be. */
  get isIdle(): boolean {
    return this.isClosed || this.lagging().length === 0;
  }

  async commit(positions: readonly TopicPartitionOffset[]): Promise<void> {
    const { generation } = this;
    const { troubles, log, name } = this.group;
    troubles.reach();
    if (troubles.happens('commitLost')) throw new Error('the simulated commit is lost');
    await this.travel(troubles.happens('commitLate') ? troubles.drawDelayMs() : 0);
    troubles.reach();
    if (this.isClosed || generation !== this.group.generation) throw new Error('the group has moved on without us');
    const own = new Set(this.partitions.map(placeName));
    if (!positions.every((place) => own.has(placeName(place)))) throw new Error('a partition is not ours');
    log.commit(name, positions);
    if (troubles.happens('commitAnswerLost')) throw new Error('the answer to the simulated commit is lost');
  }

  pause(place: TopicPartition): void {
    this.setPaused(place, true);
  }

  resume(place: TopicPartition): void {
    this.setPaused(place, false);
    this.wake();
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.group.leave();
  }

  /** Takes the partitions that the group has given to it. */
  follow(): void {
    if (this.isClosed || this.generation === this.group.generation) return;
    const isFirst = this.generation === undefined;
    this.generation = this.group.generation;
    this.begin(this.group.shareOf(this));
    if (!isFirst) this.wanted.reassigned();
  }

  wake(): void {
    if (this.isAwake || this.isClosed) return;
    this.isAwake = true;
    this.clock.soon(() => {
      this.isAwake = false;
      this.fetch();
    });
  }

  /** Commits of a member arrive in their order. */
  private async travel(delayMs: number): Promise<void> {
    const nowMs = this.clock.monotonicMs();
    this.lastCommitAtMs = Math.max(this.lastCommitAtMs, nowMs + delayMs);
    if (this.lastCommitAtMs > nowMs) await this.group.troubles.wait(this.lastCommitAtMs - nowMs);
  }

  private setPaused(place: TopicPartition, isPaused: boolean): void {
    const name = placeName(place);
    const own = this.partitions.find((each) => placeName(each) === name);
    if (own) own.isPaused = isPaused;
  }

  /** What was paused or kept back is so no more. */
  private begin(places: readonly TopicPartition[]): void {
    const { log, name } = this.group;
    this.delays.clear();
    this.partitions = places.map(({ topic, partition }) => ({
      topic,
      partition,
      next: Number(log.committed(name, { topic, partition })?.offset ?? 0),
      isPaused: false,
    }));
    this.wake();
  }

  private lagging(): OwnPartition[] {
    return this.partitions.filter((own) => !own.isPaused && own.next < this.group.log.end(own));
  }

  private fetch(): void {
    const { troubles, log } = this.group;
    if (this.isClosed || troubles.outage !== undefined) return;
    const readable = this.lagging().filter((own) => this.delays.get(own.topic) !== 'waiting' && !troubles.faultOf(own));
    if (readable.length === 0) return;
    const own = oneOf(troubles.random, readable);
    const size = 1 + wholeBelow(troubles.random, oneOf(troubles.random, batchSizes));
    troubles.strike([own]);
    this.wake();
    if (troubles.outage !== undefined || troubles.faultOf(own) || this.keepsBack(own.topic)) return;
    const records = log.read(own, own.next, size);
    own.next += records.length;
    this.wanted.receive(records);
    this.disturb();
  }

  /** A topic that was kept back once is not kept back again before it was handed over. */
  private keepsBack(topic: string): boolean {
    const { troubles } = this.group;
    const isOver = this.delays.delete(topic);
    if (isOver || !troubles.happens('handOverLate')) return false;
    const { delays, generation } = this;
    delays.set(topic, 'waiting');
    troubles.after(troubles.drawDelayMs(), () => {
      if (generation === this.generation) delays.set(topic, 'over');
      this.wake();
    });
    return true;
  }

  private disturb(): void {
    const { troubles } = this.group;
    if (troubles.happens('handOverAgain') && !this.willGoBack) {
      this.willGoBack = true;
      troubles.after(troubles.drawDelayMs(), () => this.goBack());
    }
    if (troubles.happens('rebalance')) this.group.rebalanceLater();
  }

  private goBack(): void {
    this.willGoBack = false;
    if (this.isClosed) return;
    this.begin(this.partitions);
    this.wanted.reassigned();
  }
}
