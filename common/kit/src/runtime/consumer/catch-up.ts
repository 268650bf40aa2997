import type { Broker, TopicPartitionOffset } from '../ports/broker';
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
export async function hasPassed(
  broker: Broker,
  group: string,
  ends: readonly TopicPartitionOffset[],
): Promise<boolean> {
  if (ends.length === 0) return true;
  const topics = [...new Set(ends.map(({ topic }) => topic))];
  const committed = new Map(
    (await broker.committed(group, topics)).map((at) => [`${at.topic}/${at.partition}`, at.offset]),
  );
  return ends.every(({ topic, partition, offset }) => offset <= (committed.get(`${topic}/${partition}`) ?? 0n));
}
