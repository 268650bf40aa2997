import type { TopicPartition } from '../ports/broker';
import type { Delivery } from './delivery';
import type { FlowControl } from './flow-control';
import type { PausedTopics } from './paused-topics';
import type { UnresolvedRecords } from './unresolved-records';

/** Where records of a partition may be waiting. */
export interface Waiting {
  readonly pausedTopics: Pick<PausedTopics, 'has' | 'reasonOf'>;
  readonly unread: Pick<UnresolvedRecords, 'at'>;
  /** By ordering key: who is tried again, and those behind it. */
  readonly held: ReadonlyMap<string, readonly Delivery[]>;
  readonly full: ReadonlySet<string>;
  readonly flow: Pick<FlowControl, 'isCrowded'>;
}

/** Why what there is of a partition is not handled; `undefined` when nothing keeps it. */
export function heldBack(
  { topic, partition }: TopicPartition,
  { pausedTopics, unread, held, full, flow }: Waiting,
): string | undefined {
  if (pausedTopics.has(topic)) return pausedTopics.reasonOf(topic);
  const heads = [...held].filter(([, [head]]) => head?.topic === topic && head.record.partition === partition);
  const crammed = heads.filter(([key]) => full.has(key)).length;
  const unreadCount = unread.at(topic, partition);
  const reasons = [
    ...(crammed > 0 ? [`${crammed} of its keys have no place for another parked message: replay or drop some`] : []),
    ...(heads.length > crammed ? [`${heads.length - crammed} of its keys wait for the next try of a message`] : []),
    ...(unreadCount > 0 ? [`${unreadCount} of its records wait for a schema of the registry`] : []),
    ...(flow.isCrowded(topic, partition)
      ? ['more of it is in hand than is done: it is read on when that is less']
      : []),
  ];
  return reasons.length > 0 ? reasons.join('; ') : undefined;
}
