import type { Admin } from 'kafkajs';
import type { TopicRetention } from '../runtime';

/**
 * For how long a topic may hand a record over again. It is deleted with its segment, which is `retention.ms` after the last
 * record that went into that; the first may be older by as much as a segment takes in. What is not told for want of a
 * permission (`DescribeConfigs`), or because the topic is not there, is not to be known.
 */
export async function retentionOf(admin: Admin, topic: string): Promise<TopicRetention> {
  const unknown = (reason: string): TopicRetention => ({ topic, keptMs: undefined, reason });
  try {
    const resource = { type: topicResource, name: topic, configNames: [...names] };
    const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [resource] });
    const entries = resources[0]?.configEntries ?? [];
    const [kept, segment, policy] = names.map((name) => entries.find((each) => each.configName === name)?.configValue);
    if (kept === undefined || segment === undefined || policy === undefined) return unknown('the broker does not say');
    const reason = `cleanup.policy=${policy}, retention.ms=${kept}, segment.ms=${segment}`;
    const isKept = !policy.split(',').includes('delete') || Number(kept) < 0;
    return { topic, keptMs: isKept ? Infinity : Number(kept) + Number(segment) + deletingMs, reason };
  } catch (error) {
    if (!isAnswer(error)) throw error;
    return unknown(error.message);
  }
}

const names = ['retention.ms', 'segment.ms', 'cleanup.policy'] as const;
const topicResource = 2; // ConfigResourceTypes.TOPIC, which is an enum of types only
/** What a broker takes to find that a segment is old enough, and to delete it, by its defaults. */
const deletingMs = 600_000;

/** The broker itself has said no, to this topic. */
const isAnswer = (error: unknown): error is Error & { readonly type: string } =>
  ['TOPIC_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED', 'UNKNOWN_TOPIC_OR_PARTITION'].includes(
    (error as { readonly type?: string }).type ?? '',
  );
