import type { TopicFault } from '../ports/broker';
import type { PausedTopicRow } from '../ports/paused-topic-table';
import type { SagaStore } from '../ports/store';
import type { TransactionQueue } from '../transaction/transaction-queue';
import type { Delivery } from './delivery';

/**
 * Topics that operators have paused, as each instance sees them: it looks at the rows from time to time. What was taken over
 * of one waits here, in order, and is not done, so that no offset goes past it.
 */
export class PausedTopics {
  private rows: ReadonlyMap<string, PausedTopicRow> = new Map();
  private readonly held = new Map<string, Delivery[]>();
  private looking: Promise<void> = Promise.resolve();
  /** How many deliveries wait. */
  count = 0;

  constructor(
    private readonly service: string,
    private readonly store: Pick<SagaStore, 'pausedTopics'>,
    private readonly queue: Pick<TransactionQueue, 'between' | 'submitFirst'>,
    /** Topics were paused, or are paused still. */
    private readonly paused: () => void,
    /** What waited of this one is in the queue again. */
    private readonly resumed: (topic: string) => void,
  ) {}

  has(topic: string): boolean {
    return this.held.has(topic);
  }

  get topics(): readonly string[] {
    return [...this.held.keys()];
  }

  get faults(): readonly TopicFault[] {
    return this.topics.map((topic) => ({ topic, reason: this.reasonOf(topic) }));
  }

  reasonOf(topic: string): string {
    const { who = 'somebody', at, reason = '' } = this.rows.get(topic) ?? {};
    const since = at ? ` since ${at.toISOString()}` : '';
    return `${who} has paused it${since} (${reason}): "saga-kit consumers resume ${this.service}/${topic}" ends that`;
  }

  /** One look after the other, so that what is seen last holds. */
  look(): Promise<void> {
    const look = this.looking.catch(() => {}).then(() => this.lookOnce());
    this.looking = look;
    return look;
  }

  hold(delivery: Delivery): void {
    this.held.get(delivery.topic)!.push(delivery);
    this.count++;
  }

  /** Whatever is not done is handed over again. */
  clear(): void {
    for (const topic of this.held.keys()) this.held.set(topic, []);
    this.count = 0;
  }

  private async lookOnce(): Promise<void> {
    this.rows = new Map((await this.store.pausedTopics()).map((row) => [row.topic, row]));
    for (const topic of this.rows.keys()) if (!this.held.has(topic)) this.held.set(topic, []);
    if (this.rows.size > 0) this.paused();
    if (this.topics.some((topic) => !this.rows.has(topic))) this.queue.between(() => this.release());
  }

  private release(): void {
    for (const [topic, deliveries] of this.held) {
      if (this.rows.has(topic)) continue;
      this.held.delete(topic);
      this.count -= deliveries.length;
      for (const delivery of deliveries.reverse()) this.queue.submitFirst(delivery); // later ones may be in the queue already
      this.resumed(topic);
    }
  }
}
