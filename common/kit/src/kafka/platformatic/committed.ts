import type { Connection } from '@platformatic/kafka';
import type { TopicPartition, TopicPartitionOffset } from '../../runtime';
import { grouped } from '../grouped';
import type { Cluster } from './cluster';

/** Where a group would go on. What it has committed nothing of is missing. */
export async function committedBy(
  cluster: Cluster,
  coordinator: Connection,
  groupId: string,
  places: readonly TopicPartition[],
): Promise<TopicPartitionOffset[]> {
  const topics = [...grouped(places, ({ topic }) => topic)].map(([name, own]) => ({
    name,
    partitionIndexes: own.map(({ partition }) => partition),
  }));
  const { api } = cluster.client.library.offsetFetchV5;
  const answer = await cluster.ask(coordinator, api, [{ groupId, topics }], false);
  if (answer.errorCode !== 0) throw cluster.failure(answer.errorCode);
  return answer.topics.flatMap(({ name, partitions }) =>
    partitions
      .filter(({ committedOffset }) => committedOffset >= 0n)
      .map(({ partitionIndex, committedOffset }) => ({
        topic: name,
        partition: partitionIndex,
        offset: committedOffset,
      })),
  );
}
