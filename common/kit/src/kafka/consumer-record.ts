import type { KafkaMessage } from 'kafkajs';
import type { ConsumerRecord, TopicPartition } from '../runtime';

/** The partitions of an assignment. */
export const placesOf = (assignment: Readonly<Record<string, readonly number[]>>): TopicPartition[] =>
  Object.entries(assignment).flatMap(([topic, partitions]) => partitions.map((partition) => ({ topic, partition })));

/**
 * A record. kafkajs has its headers by name; and where the name is one that every object has, that thing of the object
 * among them.
 */
export function consumerRecord(
  topic: string,
  partition: number,
  { offset, key, value, headers }: KafkaMessage,
): ConsumerRecord {
  const all: (readonly [string, Buffer | null])[] = [];
  for (const [name, content] of Object.entries(headers ?? {}))
    for (const each of [content].flat() as unknown[])
      if (Buffer.isBuffer(each) || each === null) all.push([name, each]);
  return { topic, partition, offset: BigInt(offset), key, value, headers: all };
}
