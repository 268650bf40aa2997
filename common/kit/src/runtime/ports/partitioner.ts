/**
 * The partition of a key, as Kafka's default partitioner has it: murmur2 of the key's bytes, without its sign.
 * Source: `Utils.murmur2` and `BuiltInPartitioner.partitionForKey` of Apache Kafka.
 */
export function partitionOf(key: Buffer, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}

const m = 0x5bd1e995;
const seed = 0x9747b28c;

export function murmur2(data: Buffer): number {
  let h = seed ^ data.length;
  const words = data.length >> 2;
  for (let i = 0; i < words; i++) {
    let k = Math.imul(data.readInt32LE(i * 4), m);
    k = Math.imul(k ^ (k >>> 24), m);
    h = Math.imul(h, m) ^ k;
  }
  const rest = data.length & 3;
  const tail = words * 4;
  if (rest >= 3) h ^= data[tail + 2]! << 16;
  if (rest >= 2) h ^= data[tail + 1]! << 8;
  if (rest >= 1) h = Math.imul(h ^ data[tail]!, m);
  h = Math.imul(h ^ (h >>> 13), m);
  return h ^ (h >>> 15);
}
