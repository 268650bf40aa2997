import type { Admin, ITopicConfig } from 'kafkajs';
import { until } from '../src/conformance/until';

/** kafkajs asks for their leaders, and gives up where the broker that it asks does not know a topic yet. */
export async function createTopics(
  admin: Pick<Admin, 'createTopics' | 'fetchTopicMetadata'>,
  ...made: readonly ITopicConfig[]
): Promise<void> {
  await admin.createTopics({ topics: [...made], waitForLeaders: false });
  const areLed = async () => {
    const { topics } = await admin.fetchTopicMetadata({ topics: made.map(({ topic }) => topic) });
    return topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0));
  };
  await until('the topics have leaders', () => areLed().catch(() => false));
}
