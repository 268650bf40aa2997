import type { Consumer } from './consumer/consumer';
import { lagsTo } from './consumer/catch-up';
import type { Parts } from './parts';
import type { Publisher } from './relay/publisher';
import type { Runtime } from './handling/handler-context';

/** Looks from time to time at what stands still in a service. */
export class Gauges {
  /** More than was counted needs an operator. */
  private isStale = false;
  private parked = 0;

  constructor(
    private readonly parts: Parts,
    private readonly consumer: Consumer,
    private readonly publisher: Publisher,
    private readonly runtime: Pick<Runtime, 'clock' | 'memory'>,
  ) {}

  /** The wait of a saga was over. */
  readonly fired = (saga: string, outcome: string = 'acted-upon'): void => {
    this.parts.metrics.fired(saga, outcome);
    this.isStale ||= outcome === 'needs-operator';
  };

  async count(): Promise<void> {
    const { sagaStore, metrics, refused, outbox, retention, environment } = this.parts;
    this.isStale = false;
    this.consumer.parked = this.parked = await sagaStore.parkedCount();
    metrics.stuck(this.consumer.parked, await sagaStore.needsOperatorCount(), await refused.count());
    const nowMs = this.runtime.clock.forWaits().getTime();
    metrics.open(await sagaStore.oldest(), await sagaStore.pausedCount(), nowMs);
    const { waiting, firstDueAt } = await outbox.delayedCount();
    metrics.waiting(waiting, Math.max(0, nowMs - (firstDueAt?.getTime() ?? nowMs)));
    this.runtime.memory.purged((await retention.purges()).inbox.cutoff);
    metrics.oldest(await retention.oldest(), environment.clock.now().getTime());
  }

  /** Whoever is on call hears soon of what was parked, or needs somebody. */
  async countAgain(): Promise<void> {
    if (this.isStale || this.consumer.parked !== this.parked) await this.count();
  }

  async countKept(): Promise<void> {
    const { metrics, retention } = this.parts;
    metrics.kept(await retention.count());
  }

  /** Of the partitions of this instance: the others tell of theirs. */
  async lag(): Promise<void> {
    const { broker, name, routing, metrics } = this.parts;
    const own = new Set(this.consumer.assigned.map(({ topic, partition }) => `${topic}/${partition}`));
    const records = new Map(this.consumer.assigned.map(({ topic }) => [topic, 0]));
    for (const { topic, partition, lag } of await lagsTo(broker, name, await broker.ends(routing.topics)))
      if (own.has(`${topic}/${partition}`)) records.set(topic, (records.get(topic) ?? 0) + lag);
    metrics.lag(records);
  }

  /** Often, since who pauses a topic waits for it. */
  async look(): Promise<void> {
    const { metrics } = this.parts;
    metrics.outbox(this.publisher.waiting, this.publisher.oldestMs);
    const { pausedTopics } = this.consumer;
    await pausedTopics.look();
    metrics.paused(pausedTopics.topics);
  }
}
