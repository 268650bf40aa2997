import type { Admin } from 'kafkajs';
import type { TopicRetention } from '../runtime';
import { retentionFrom, retentionSettings } from './retention-settings';

/**
 * For how long a topic may hand a record over again. What is not told for want of a permission (`DescribeConfigs`), or
 * because the topic is not there, is not to be known.
 */
export async function retentionOf(admin: Admin, topic: string): Promise<TopicRetention> {
  try {
    const resource = { type: topicResource, name: topic, configNames: [...retentionSettings] };
    const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [resource] });
    const entries = resources[0]?.configEntries ?? [];
    return retentionFrom(topic, (name) => entries.find((each) => each.configName === name)?.configValue);
  } catch (error) {
    if (!isAnswer(error)) throw error;
    return { topic, keptMs: undefined, reason: error.message };
  }
}

const topicResource = 2; // ConfigResourceTypes.TOPIC, which is an enum of types only

/** The broker itself has said no, to this topic. */
const isAnswer = (error: unknown): error is Error & { readonly type: string } =>
  ['TOPIC_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED', 'UNKNOWN_TOPIC_OR_PARTITION'].includes(
    (error as { readonly type?: string }).type ?? '',
  );
