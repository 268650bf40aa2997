import type { Consumer } from './consumer/consumer';
import type { Parts } from './parts';
import type { ServiceClock } from './relay/service-clock';

/** Looks from time to time at what stands still in a service. */
export class Gauges {
  constructor(
    private readonly parts: Parts,
    private readonly consumer: Consumer,
    private readonly clock: ServiceClock,
  ) {}

  async count(): Promise<void> {
    const { sagaStore, metrics, refused, outbox } = this.parts;
    this.consumer.parked = await sagaStore.parkedCount();
    metrics.stuck(this.consumer.parked, await sagaStore.needsOperatorCount(), await refused.count());
    const { waiting, firstDueAt } = await outbox.delayedCount();
    const nowMs = this.clock.forWaits().getTime();
    metrics.waiting(waiting, Math.max(0, nowMs - (firstDueAt?.getTime() ?? nowMs)));
  }

  async lookForPaused(): Promise<void> {
    const { pausedTopics } = this.consumer;
    await pausedTopics.look();
    this.parts.metrics.paused(pausedTopics.topics);
  }
}
