import type { Subscription, TopicFault } from './ports/broker';
import type { TransactionQueue } from './transaction/transaction-queue';
import { parkedMax } from './consumer/parking';
import type { Publisher } from './relay/publisher';
import type { Consumer } from './consumer/consumer';
import type { HeldInstanceLock } from './relay/instance-lock';
import type { Projections } from './projection/projections';
import type { RefusedRecords } from './relay/refused-records';

/**
 * Whether a service does what it is there for. `reasons`: why it does not; and what is the matter with some topic or some
 * messages while it does the rest.
 */
export interface Health {
  readonly ready: boolean;
  readonly reasons: readonly string[];
}

/** What was away for us was away for others as well: so long they have to come back and answer, before silence counts. */
export const graceMs = 10_000;

/** What the state of a service is read from. */
interface Watched {
  readonly instanceLock: HeldInstanceLock;
  readonly queues: readonly TransactionQueue[];
  readonly publisher: Publisher;
  readonly refusedRecords: RefusedRecords;
  readonly consumer: Consumer;
  readonly subscription: () => Subscription | undefined;
  readonly projections: Projections;
}

export class HealthMonitor {
  constructor(private readonly it: Watched) {}

  health(): Health {
    const { fullKeys, mayPark } = this.it.consumer;
    const reasons = [
      ...this.outages(),
      ...(fullKeys > 0
        ? [`${fullKeys === 1 ? '1 line has' : `${fullKeys} lines have`} ${full(parkedMax.orderingKey)}`]
        : []),
      ...(mayPark ? [] : [`the service has ${full(parkedMax.service)}`]),
    ];
    return {
      ready: reasons.length === 0,
      reasons: [...reasons, ...this.topicFaults().map(textOf), ...this.it.projections.failures],
    };
  }

  /** Why nothing can be done, each with what was said. */
  outages(): string[] {
    const { instanceLock, queues, publisher, consumer } = this.it;
    const subscription = this.it.subscription();
    const database = queues.find(({ outage }) => outage !== undefined)?.outage;
    const broker = publisher.outage ?? (subscription ? subscription.outage : 'not joined yet');
    const registry = consumer.outage;
    return [
      ...(instanceLock.lost ? ['its instance lock is lost'] : []),
      ...(database === undefined ? [] : [`the database does not answer: ${database}`]),
      ...(broker === undefined ? [] : [`the broker does not answer: ${broker}`]),
      ...(registry === undefined ? [] : [`the schema registry does not answer: ${registry}`]),
    ];
  }

  /** What cannot be read or sent while the rest can. */
  private topicFaults(): readonly TopicFault[] {
    return [...this.ofTopics(), ...this.it.refusedRecords.topicFaults, ...this.it.consumer.pausedTopics.faults];
  }

  /** Of these, what is the matter with whole topics or partitions of them. */
  ofTopics(): readonly TopicFault[] {
    return [...(this.it.subscription()?.topicFaults ?? []), ...this.it.publisher.topicFaults];
  }
}

/** Topics that cannot be read or sent to while others can, and those that can again, but not for long enough to be answered. */
export class UnreachableTopics {
  private readonly untilMs = new Map<string, number>();

  constructor(
    private readonly topicFaults: () => readonly TopicFault[],
    private readonly nowMs: () => number,
  ) {}

  /** To be called from time to time. */
  look(): void {
    for (const { topic } of this.topicFaults()) this.untilMs.set(topic, this.nowMs() + graceMs);
  }

  has(topic: string): boolean {
    return (this.untilMs.get(topic) ?? 0) > this.nowMs();
  }
}

const textOf = ({ topic, partition, reason }: TopicFault): string =>
  `${topic}${partition === undefined ? '' : `/${partition}`}: ${reason}`;
const full = (max: number): string => `${max} parked messages, and no more may be: replay or drop some`;
