import type { Consumer } from './consumer/consumer';
import type { ConsumerFacts } from './operator/consumer-operator';
import type { Parts } from './parts';
import type { Broker, Subscription, TopicPartition } from './ports/broker';
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
    return lagsOf(broker, name, routing.topics);
  },
  heldBack: (place) => consumer.heldBack(place),
  look: () => consumer.pausedTopics.look(),
});

/** Records of each partition that the group has not done; where it has committed nothing yet, all there may be. */
export async function lagsOf(
  broker: Broker,
  group: string,
  topics: readonly string[],
): Promise<readonly (TopicPartition & { readonly lag: number })[]> {
  const ends = await broker.ends(topics);
  const committed = new Map(
    (await broker.committed(group, topics)).map((at) => [`${at.topic}/${at.partition}`, at.offset]),
  );
  return ends.map(({ topic, partition, offset }) => {
    const lag = offset - (committed.get(`${topic}/${partition}`) ?? 0n);
    return { topic, partition, lag: lag > 0n ? Number(lag) : 0 };
  });
}
