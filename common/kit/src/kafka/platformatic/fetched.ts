import type { Reader, RecordsBatch } from '@platformatic/kafka';
import type { ConsumerRecord, TopicPartition } from '../../runtime';
import type { Library } from './client';

/** What a broker has answered for a partition. */
export interface Fetched extends TopicPartition {
  readonly errorCode: number;
  readonly records: readonly ConsumerRecord[];
  /** What to ask for next. */
  readonly next: bigint;
  /** Its records cannot be read. */
  readonly unreadable?: Error;
}

interface Aborted {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}

const magicAt = 16; // bytes from where a batch begins, in all forms of batches
const recordVersion = 2;

/**
 * An answer of Kafka (version 11), each partition for itself: the client's own parser would read none of any partition
 * where it cannot read the records of one.
 */
export function fetchedFrom(library: Library, reader: Reader, from: (place: TopicPartition) => bigint): Fetched[] {
  const all: Fetched[] = [];
  reader.skip(10); // the throttling, and the error and the id of a session, which we do not have
  for (let topics = reader.readInt32(); topics > 0; topics--) {
    const topic = reader.readString(false);
    for (let count = reader.readInt32(); count > 0; count--) {
      const partition = reader.readInt32();
      const errorCode = reader.readInt16();
      reader.skip(24); // where the partition begins and ends
      const aborted = reader.readNullableArray(abortedTransaction, false, false) ?? [];
      reader.skip(4); // a replica that is nearer
      const bytes = reader.readNullableBytes(false);
      const place = { topic, partition };
      const at = { ...place, errorCode, records: [], next: from(place) };
      try {
        all.push(bytes?.length ? { ...at, ...recordsOf(library, bytes, at, aborted) } : at);
      } catch (error) {
        all.push({ ...at, unreadable: error as Error });
      }
    }
  }
  return all;
}

const abortedTransaction = (reader: Reader): Aborted => ({
  producerId: reader.readInt64(),
  firstOffset: reader.readInt64(),
});

/** What transactions have aborted, and the markers of transactions, are passed over. */
function recordsOf(
  library: Library,
  bytes: Buffer,
  at: Fetched,
  aborted: readonly Aborted[],
): Pick<Fetched, 'records' | 'next'> {
  const records: ConsumerRecord[] = [];
  const toBegin = [...aborted].sort((one, other) => (one.firstOffset < other.firstOffset ? -1 : 1));
  const aborting = new Set<bigint>();
  let { next } = at;
  for (const batch of batchesOf(library, bytes)) {
    const end = batch.firstOffset + BigInt(batch.lastOffsetDelta);
    while (toBegin.length > 0 && toBegin[0]!.firstOffset <= end) aborting.add(toBegin.shift()!.producerId);
    if (batch.attributes & library.IS_CONTROL) aborting.delete(batch.producerId);
    else if (!(batch.attributes & library.IS_TRANSACTIONAL) || !aborting.has(batch.producerId))
      for (const { offsetDelta, key, value, headers } of batch.records) {
        const offset = batch.firstOffset + BigInt(offsetDelta);
        if (offset < at.next) continue; // a batch is handed over as a whole
        records.push({
          topic: at.topic,
          partition: at.partition,
          offset,
          key,
          value,
          headers: headers.map(([name, content]) => [String(name), content]),
        });
      }
    if (end >= next) next = end + 1n;
  }
  return { records, next };
}

/** The last one may be cut off. */
function* batchesOf(library: Library, bytes: Buffer): Generator<RecordsBatch> {
  const reader = library.Reader.from(bytes);
  while (
    reader.remaining > magicAt &&
    reader.remaining - library.BATCH_HEAD >= reader.peekInt32(reader.position + library.INT64_SIZE)
  ) {
    const version = reader.peekInt8(reader.position + magicAt);
    if (version !== recordVersion) throw new Error(`its records have the form ${version}, of Kafka before 0.11`);
    yield library.readRecordsBatch(reader);
  }
}
