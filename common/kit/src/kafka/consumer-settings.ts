import type { ConsumerConfig } from 'kafkajs';
import { bySubscription } from './assigner';

const heartbeatMostMs = 2_500;

export const consumerSettings = (groupId: string, sessionTimeoutMs: number): ConsumerConfig => ({
  groupId,
  partitionAssigners: [bySubscription],
  allowAutoTopicCreation: false,
  metadataMaxAge: 60_000,
  sessionTimeout: sessionTimeoutMs,
  heartbeatInterval: Math.min(sessionTimeoutMs / 4, heartbeatMostMs),
  rebalanceTimeout: 60_000,
  minBytes: 1,
  maxWaitTimeInMs: 1_000, // a record ends the waiting; an empty answer every few milliseconds is nothing but work
  maxBytesPerPartition: 256 * 1024,
  retry: { retries: 10, restartOnFailure: async () => false }, // kafkajs never begins to count anew
});
