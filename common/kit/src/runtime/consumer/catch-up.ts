import type { Broker, TopicPartition, TopicPartitionOffset } from '../ports/broker';
import { pause, type Environment } from '../ports/environment';

const pollMs = 100;
const patienceMs = 30_000;

/**
 * Resolves when the group has got as far as its topics went when this was called, or when that has taken too long. Until
 * then a silence may be our own: answers are waiting to be read.
 */
export async function caughtUp(
  broker: Broker,
  group: string,
  topics: readonly string[],
  environment: Environment,
): Promise<void> {
  const untilMs = environment.clock.monotonicMs() + patienceMs;
  const ends = await broker.ends(topics);
  while (environment.clock.monotonicMs() < untilMs) {
    if (await hasPassed(broker, group, ends)) return;
    await pause(environment, pollMs);
  }
}

/** Whether the group has got as far as this in each of these partitions. */
export const hasPassed = async (
  broker: Broker,
  group: string,
  ends: readonly TopicPartitionOffset[],
): Promise<boolean> => (await lagsTo(broker, group, ends)).every(({ lag }) => lag === 0);

/** Records before these offsets that the group has not done; where it has committed nothing yet, all there may be. */
export async function lagsTo(
  broker: Broker,
  group: string,
  ends: readonly TopicPartitionOffset[],
): Promise<readonly (TopicPartition & { readonly lag: number })[]> {
  if (ends.length === 0) return [];
  const topics = [...new Set(ends.map(({ topic }) => topic))];
  const committed = new Map(
    (await broker.committed(group, topics)).map((at) => [`${at.topic}/${at.partition}`, at.offset]),
  );
  return ends.map(({ topic, partition, offset }) => {
    const lag = offset - (committed.get(`${topic}/${partition}`) ?? 0n);
    return { topic, partition, lag: lag > 0n ? Number(lag) : 0 };
  });
}
