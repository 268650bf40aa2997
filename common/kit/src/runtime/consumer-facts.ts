import { lagsTo } from './consumer/catch-up';
import type { Consumer } from './consumer/consumer';
import type { ConsumerFacts } from './operator/consumer-operator';
import type { Parts } from './parts';
import type { Subscription } from './ports/broker';
import type { Publisher } from './relay/publisher';
import type { ServiceClock } from './relay/service-clock';

/** What an operator is shown of a service's consumer, and of what waits to be sent. */
export const consumerFacts = (
  { name, routing, broker, sagaStore }: Parts,
  { consumer, publisher, clock }: { consumer: Consumer; publisher: Publisher; clock: ServiceClock },
  subscription: () => Subscription | undefined,
): ConsumerFacts => ({
  topics: routing.topics,
  isPaused: (topic) => consumer.isPaused(topic),
  assigned: () => consumer.assigned,
  outbox: () => ({ waiting: publisher.waiting, oldestSeconds: publisher.oldestMs / 1_000 }),
  faults: () => subscription()?.topicFaults ?? [],
  timers: () => sagaStore.timers(clock.forWaits()),
  lags: async () => {
    const outage = subscription()?.outage;
    if (outage !== undefined) throw new Error(outage);
    return lagsTo(broker, name, await broker.ends(routing.topics));
  },
  heldBack: (place) => consumer.heldBack(place),
  look: () => consumer.pausedTopics.look(),
});
