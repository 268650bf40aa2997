import type { TopicPartition } from '../runtime';
import type { BrokerTroubles } from './broker-troubles';
import { wholeBelow } from './random';
import type { SimulatedLog } from './simulated-log';

/** What a group asks of its members. */
interface GroupMember {
  readonly topics: readonly string[];
  readonly isClosed: boolean;
  readonly isIdle: boolean;
  /** Takes the partitions that the group has given to it. */
  follow(): void;
  wake(): void;
}

/** The members of a consumer group. Whenever one comes or goes, all partitions are given out anew. */
export class SimulatedGroup {
  /** Counts how often partitions were given out. */
  generation = 0;
  private members: GroupMember[] = [];
  private willRebalance = false;
  private shares = new Map<GroupMember, TopicPartition[]>();

  constructor(
    readonly name: string,
    readonly log: SimulatedLog,
    readonly troubles: BrokerTroubles,
  ) {}

  get isIdle(): boolean {
    return this.members.every((member) => member.isIdle);
  }

  shareOf(member: GroupMember): readonly TopicPartition[] {
    return this.shares.get(member) ?? [];
  }

  join(member: GroupMember): void {
    this.members.push(member);
    this.giveOut();
    member.follow();
    this.tell(member);
  }

  leave(): void {
    if (this.troubles.happens('leftUnnoticed'))
      this.troubles.after(this.troubles.drawDelayMs(), () => this.rebalance());
    else this.rebalance();
  }

  /** A while later, and one at a time: what is handed over again because of it may ask for the next one. */
  rebalanceLater(): void {
    if (this.willRebalance) return;
    this.willRebalance = true;
    this.troubles.after(this.troubles.drawDelayMs(), () => {
      this.willRebalance = false;
      this.rebalance();
    });
  }

  private rebalance(): void {
    this.giveOut();
    this.tell();
  }

  wake(topics?: ReadonlySet<string>): void {
    for (const member of this.members) if (!topics || member.topics.some((topic) => topics.has(topic))) member.wake();
  }

  private tell(joining?: GroupMember): void {
    for (const member of this.members) {
      if (member === joining) continue;
      if (this.troubles.happens('reassignedLate'))
        this.troubles.after(this.troubles.drawDelayMs(), () => member.follow());
      else member.follow();
    }
  }

  /** Each topic begins with another member, so that partitions of one number do not stay together. */
  private giveOut(): void {
    this.generation++;
    this.members = this.members.filter((member) => !member.isClosed);
    this.shares = new Map(this.members.map((member) => [member, []]));
    const topics = new Set(this.members.flatMap((member) => member.topics));
    for (const topic of topics) {
      const takers = this.members.filter((member) => member.topics.includes(topic));
      const first = wholeBelow(this.troubles.random, takers.length);
      for (const place of this.log.placesOf([topic]))
        this.shares.get(takers[(first + place.partition) % takers.length]!)!.push(place);
    }
  }
}
