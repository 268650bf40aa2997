import * as library from '@platformatic/kafka';
import { fetchedFrom } from './fetched';

const { createRecordsBatch, Reader, Writer } = library;

interface Batch {
  readonly first: number;
  readonly values: readonly string[];
  /** Of a transaction. */
  readonly producer?: number;
  /** The marker that ends one. */
  readonly isMarker?: boolean;
}

/** A batch as brokers keep it: 21 bytes before its attributes. */
function bytesOf({ first, values, producer, isMarker = false }: Batch): Buffer {
  const messages = values.map((value) => ({ topic: 't', key: Buffer.from('k'), value: Buffer.from(value) }));
  const options = producer === undefined ? {} : { transactionalId: 'x', producerId: BigInt(producer) };
  const bytes = Buffer.from(createRecordsBatch(messages, options).buffer);
  bytes.writeBigInt64BE(BigInt(first));
  if (isMarker) bytes.writeInt16BE(bytes.readInt16BE(21) | library.IS_CONTROL, 21);
  return bytes;
}

interface Answered {
  readonly partition: number;
  readonly errorCode?: number;
  readonly bytes?: Buffer;
  readonly aborted?: readonly (readonly [producer: number, first: number])[];
}

function answered(partitions: readonly Answered[], from = 0n) {
  const writer = Writer.create().appendInt32(0).appendInt16(0).appendInt32(0);
  writer.appendArray(
    [partitions],
    (topic, own) =>
      void topic.appendString('t', false).appendArray(
        [...own],
        (w, { partition, errorCode = 0, bytes = Buffer.alloc(0), aborted = [] }) => {
          w.appendInt32(partition).appendInt16(errorCode).appendInt64(9n).appendInt64(9n).appendInt64(0n);
          const each = (to: library.Writer, [producer, first]: readonly [number, number]) =>
            void to.appendInt64(BigInt(producer)).appendInt64(BigInt(first));
          w.appendArray([...aborted], each, false, false)
            .appendInt32(-1)
            .appendBytes(bytes, false);
        },
        false,
        false,
      ),
    false,
    false,
  );
  return fetchedFrom(library, Reader.from(writer.buffer), () => from);
}

const values = (of: ReturnType<typeof answered>[0]) =>
  of.records.map(({ offset, value }) => `${offset} ${String(value)}`);

test('a batch is handed over from where it was asked for, and the next question goes on behind it', () => {
  const bytes = Buffer.concat([bytesOf({ first: 5, values: ['a', 'b', 'c'] }), bytesOf({ first: 8, values: ['d'] })]);
  const [one] = answered([{ partition: 3, bytes }], 6n);
  expect(values(one!)).toEqual(['6 b', '7 c', '8 d']);
  expect(one).toMatchObject({ topic: 't', partition: 3, errorCode: 0, next: 9n });
});

test('a batch that is cut off at the end is asked for again', () => {
  const whole = bytesOf({ first: 0, values: ['a'] });
  const cut = bytesOf({ first: 1, values: ['b'] }).subarray(0, -1);
  const [one] = answered([{ partition: 0, bytes: Buffer.concat([whole, cut]) }]);
  expect([values(one!), one!.next]).toEqual([['0 a'], 1n]);
});

test('one partition that cannot be read, and one with an error, leave the others as they are', () => {
  const old = bytesOf({ first: 0, values: ['a'] });
  old[16] = 1;
  const good = bytesOf({ first: 0, values: ['a'] });
  const all = answered(
    [
      { partition: 0, bytes: old },
      { partition: 1, errorCode: 6 },
      { partition: 2, bytes: good },
    ],
    0n,
  );
  expect(all.map(({ errorCode, unreadable, next }) => [errorCode, unreadable?.message, next])).toEqual([
    [0, 'its records have the form 1, of Kafka before 0.11', 0n],
    [6, undefined, 0n],
    [0, undefined, 1n],
  ]);
});

test('what a transaction has aborted is passed over, and what its producer sent before and later is not', () => {
  const batches: readonly Batch[] = [
    { first: 0, values: ['committed'], producer: 7 },
    { first: 1, values: ['marker'], producer: 7, isMarker: true },
    { first: 2, values: ['aborted'], producer: 7 },
    { first: 3, values: ['of another'], producer: 8 },
    { first: 4, values: ['of none'] },
    { first: 5, values: ['marker'], producer: 7, isMarker: true },
    { first: 6, values: ['later'], producer: 7 },
    { first: 7, values: ['marker'], producer: 7, isMarker: true },
  ];
  const [one] = answered([{ partition: 0, bytes: Buffer.concat(batches.map(bytesOf)), aborted: [[7, 2]] }]);
  expect(values(one!)).toEqual(['0 committed', '3 of another', '4 of none', '6 later']);
  expect(one!.next).toBe(8n);
});
