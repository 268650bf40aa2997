import fc from 'fast-check';
import { murmur2, partitionOf } from './partitioner';

/** The same hash by other means: kafkajs has it with 64-bit integers. It is not part of what that package exports. */
const kafkajsMurmur2: (key: Buffer) => number = jest.requireActual('kafkajs/src/producer/partitioners/default/murmur2');

test('every key hashes as it does in kafkajs', () => {
  const keys = fc.uint8Array({ maxLength: 70 }).map((key) => Buffer.from(key));
  fc.assert(fc.property(keys, (key) => expect(murmur2(key)).toBe(kafkajsMurmur2(key))));
});

test('every key has a partition, also one whose hash is negative', () => {
  expect(partitionOf(Buffer.from('foobar'), 10)).toBe(6);
  const keys = fc.uint8Array().map((key) => Buffer.from(key));
  fc.assert(
    fc.property(keys, fc.integer({ min: 1, max: 1_000 }), (key, partitions) => {
      const partition = partitionOf(key, partitions);
      expect(partition >= 0 && partition < partitions && Number.isInteger(partition)).toBe(true);
    }),
  );
});
