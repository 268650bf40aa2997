import type { TopicPartition, TopicPartitionOffset } from '../../runtime';
import { grouped } from '../grouped';
import type { Cluster } from './cluster';

export const earliest = -2n;
export const latest = -1n;
const anyReplica = -1;
export const READ_COMMITTED = 1;

/** Where these partitions, which one broker leads, begin or end; or why it does not say. */
export async function offsetsAt(
  cluster: Cluster,
  leader: number,
  timestamp: bigint,
  places: readonly TopicPartition[],
): Promise<(TopicPartitionOffset & { readonly errorCode: number })[]> {
  const topics = [...grouped(places, ({ topic }) => topic)].map(([name, own]) => ({
    name,
    partitions: own.map(({ partition }) => ({ partitionIndex: partition, currentLeaderEpoch: -1, timestamp })),
  }));
  const { api } = cluster.client.library.listOffsetsV5;
  const answer = await cluster.ask(await cluster.node(leader), api, anyReplica, READ_COMMITTED, topics);
  return answer.topics.flatMap(({ name: topic, partitions }) =>
    partitions.map(({ partitionIndex: partition, offset, errorCode }) => ({ topic, partition, offset, errorCode })),
  );
}
