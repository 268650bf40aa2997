import { setTimeout } from 'node:timers/promises';
import { Kafka, logLevel, type Admin } from 'kafkajs';

const boundMs = 30_000;
const lookEveryMs = 200;

/** Takes all partitions away from a broker, those that say where a group has read to included, and gives it copies of them again. */
export async function moveLeaders(brokers: string, away: string): Promise<void> {
  const patience = { connectionTimeout: 3_000, requestTimeout: 10_000, retry: { retries: 8 } };
  const admin = new Kafka({ brokers: brokers.split(','), ...patience, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const gone = Number(away.slice('kafka-'.length));
    const before = await led(admin, gone);
    await assign(admin, before, (copies) => copies.filter((each) => each !== gone));
    await assign(admin, before, (copies) => [...copies.filter((each) => each !== gone), gone]);
  } finally {
    await admin.disconnect();
  }
}

interface Partition {
  readonly topic: string;
  readonly partition: number;
  readonly copies: readonly number[];
}

/** What a broker leads of which there are other copies. */
async function led(admin: Admin, broker: number): Promise<Partition[]> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [] });
  return topics.flatMap(({ name, partitions }) =>
    partitions
      .filter(({ leader, replicas }) => leader === broker && replicas.length > 1)
      .map(({ partitionId, replicas }) => ({ topic: name, partition: partitionId, copies: replicas })),
  );
}

/** Resolves once they are where they belong. */
async function assign(
  admin: Admin,
  all: readonly Partition[],
  to: (copies: readonly number[]) => readonly number[],
): Promise<void> {
  const topics = new Map<string, { partition: number; replicas: number[] }[]>();
  for (const { topic, partition, copies } of all)
    topics.set(topic, [...(topics.get(topic) ?? []), { partition, replicas: [...to(copies)] }]);
  const assignments = [...topics].map(([topic, partitionAssignment]) => ({ topic, partitionAssignment }));
  if (assignments.length === 0) return;
  await admin.alterPartitionReassignments({ topics: assignments });
  for (const until = performance.now() + boundMs; performance.now() < until; await setTimeout(lookEveryMs))
    if ((await admin.listPartitionReassignments({})).topics.length === 0) return;
  throw new Error(`partitions are still on their way after ${boundMs} ms`);
}
