import { setTimeout } from 'node:timers/promises';
import {
  backOffMs,
  type TopicPartition,
  type TopicPartitionOffset,
  type SubscriptionRequest,
  type Subscription,
  type TopicFault,
} from '../../runtime';
import { AbsentTopics } from '../absent-topics';
import { Answers, joiningPauses, joinPatiently, soundMs } from '../group-member';
import { PartitionTroubles } from '../partition-troubles';
import { UNKNOWN_TOPIC_OR_PARTITION } from '../producer-connections';
import { Fetcher, type FetchReceiver } from './fetcher';
import { Membership, type Seat } from './membership';
import type { PlatformaticBrokerOptions } from './platformatic-broker-options';

const heartbeatMostMs = 2_500;

interface Seated {
  readonly membership: Membership;
  readonly seat: Seat;
  readonly fetcher: Fetcher;
  readonly atMs: number;
}

/**
 * A member of a consumer group. A membership that fails is not used again; another one takes its place, as long as it takes,
 * after longer and longer pauses. A topic that is not there, and a partition that cannot be read, keep nobody else waiting.
 */
export class PlatformaticSubscription implements Subscription {
  private seated: Seated | undefined;
  private readonly troubles: PartitionTroubles;
  private readonly paused = new Set<string>();
  private readonly absent: AbsentTopics;
  private readonly receiver: FetchReceiver;
  private readonly answers = new Answers();
  private failures = 0;
  private reason = 'it has not answered yet';
  private closed = false;

  constructor(
    private readonly options: PlatformaticBrokerOptions,
    private readonly wanted: SubscriptionRequest,
    existing: () => Promise<ReadonlySet<string>>,
  ) {
    this.absent = new AbsentTopics(wanted.topics, options.log, existing);
    const goOn = () => this.seated?.fetcher.goOn();
    this.troubles = new PartitionTroubles(options.log, () => {}, goOn);
    this.receiver = {
      isOpen: (place) =>
        !this.paused.has(keyOf(place)) && !this.troubles.isHeld(place) && !this.absent.isAbsent(place.topic),
      receive: (records) => wanted.receive(records),
      heard: () => this.answers.heard(),
      answered: (place) => this.troubles.answered(place),
      failed: (place, errorCode, error) => {
        if (errorCode === UNKNOWN_TOPIC_OR_PARTITION) this.absent.gone(place.topic);
        this.troubles.failed(place, error);
      },
    };
  }

  get outage(): string | undefined {
    return this.seated ? this.answers.outage : this.reason;
  }

  get topicFaults(): readonly TopicFault[] {
    return [...this.absent.topicFaults, ...this.troubles.all];
  }

  get assigned(): readonly TopicPartition[] {
    return this.seated?.seat.places ?? [];
  }

  /** Resolves when the group has given this member its partitions. A broker that has just started says no for a while. */
  async open(): Promise<void> {
    await joinPatiently(
      () => this.join(),
      (error) => this.warn(error, 'could not join the group; trying again'),
    );
    void this.stay();
    void this.absent.watch({
      isClosed: () => this.closed,
      member: () => this.seated,
      joinAgain: (_seated, reason) => this.vacate(reason),
    });
  }

  async commit(positions: readonly TopicPartitionOffset[]): Promise<void> {
    const { seated } = this;
    if (!seated) throw new Error(`the group is being joined again: ${this.reason}`);
    await seated.membership.commit(seated.seat, positions);
  }

  pause(place: TopicPartition): void {
    this.paused.add(keyOf(place));
  }

  resume(place: TopicPartition): void {
    this.paused.delete(keyOf(place));
    this.seated?.fetcher.goOn();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.troubles.clear();
    await this.vacate('it is closed');
  }

  private async join(): Promise<void> {
    await this.absent.look();
    const { client, clientId, sessionTimeoutMs } = this.options;
    const membership = new Membership(client, this.wanted.group, sessionTimeoutMs);
    try {
      await membership.evict(clientId);
      await this.sit(membership);
    } catch (error) {
      await membership.leave();
      throw error;
    }
  }

  /** From when the seat is taken until what was taken over before is forgotten, nobody else has a turn. */
  private async sit(membership: Membership): Promise<void> {
    const seat = await membership.join(this.wanted.topics);
    const positions = await membership.committed(seat.places);
    const fetcher = new Fetcher(this.options.client, seat.places, positions, this.receiver);
    const before = this.seated;
    this.seated = { membership, seat, fetcher, atMs: performance.now() };
    this.answers.heard();
    if (before) {
      void before.fetcher.close();
      this.forget();
    }
    if (this.closed) await this.vacate('it is closed');
    else fetcher.goOn();
  }

  /** Keeps the seat, takes another one when partitions move, and begins anew when that fails. */
  private async stay(): Promise<void> {
    const everyMs = Math.min(this.options.sessionTimeoutMs / 4, heartbeatMostMs);
    while (!this.closed) {
      if (this.seated) await setTimeout(everyMs, undefined, { ref: false });
      if (this.closed) return;
      const { seated } = this;
      try {
        if (!seated) await this.join();
        else if (await seated.membership.keeps(seated.seat)) this.answers.heard();
        else if (this.seated === seated) await this.sit(seated.membership);
      } catch (error) {
        if (this.seated === seated) await this.replace(seated, error as Error);
      }
    }
  }

  private async replace(failed: Seated | undefined, error: Error): Promise<void> {
    if (this.closed) return;
    const isSound = failed && performance.now() - failed.atMs > soundMs;
    this.failures = isSound ? 1 : this.failures + 1;
    this.warn(error, failed ? 'the membership has failed; joining the group again' : 'could not join the group');
    await this.vacate(error.message);
    await setTimeout(backOffMs(this.failures, joiningPauses, Math.random()), undefined, { ref: false });
  }

  private async vacate(reason: string): Promise<void> {
    const { seated } = this;
    this.reason = reason;
    this.seated = undefined;
    if (!seated) return;
    if (!this.closed) this.forget();
    await Promise.all([seated.fetcher.close(), seated.membership.leave()]);
  }

  private forget(): void {
    this.troubles.clear();
    this.paused.clear();
    this.wanted.reassigned();
  }

  private warn(error: unknown, message: string): void {
    this.options.log.warn({ group: this.wanted.group, error: String(error) }, message);
  }
}

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
