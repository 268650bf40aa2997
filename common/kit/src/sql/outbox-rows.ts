import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { Type } from 'avsc';
import type { OutboxRow } from '../runtime';

/**
 * Records of one commit, one behind the other, and compressed, since they are much alike: a row for each, or all of their
 * bytes, would cost the database more than what it holds. The row is there until all of it is acknowledged or set aside; its
 * last record is still to be sent.
 */
export interface StoredRecords {
  /** The number of the last one. */
  readonly last_seq: number;
  /** What comes before this number is acknowledged. */
  readonly first_seq: number;
  readonly records: Buffer;
}

/** So many records are in a row at the most. */
export const recordsMax = 500;
/** Of values, in a row that has more than one. */
const bytesMax = 256_000;

const type = Type.forSchema({
  type: 'array',
  items: {
    type: 'record',
    name: 'OutboxRecord',
    fields: [
      { name: 'fromLast', type: 'int' },
      { name: 'topic', type: 'string' },
      { name: 'key', type: 'string' },
      { name: 'value', type: 'bytes' },
      {
        name: 'headers',
        type: {
          type: 'array',
          items: {
            type: 'record',
            name: 'Header',
            fields: [
              { name: 'name', type: 'string' },
              { name: 'value', type: 'bytes' },
            ],
          },
        },
      },
    ],
  },
});

/** Fewer bytes are sooner written than compressed. */
const compressedBytesMin = 1_000;
const fast = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
/** What compressed bytes begin with. Others have a count there, and then a number that is not negative: this one would be. */
const zstdMagic = Buffer.of(0x28, 0xb5, 0x2f, 0xfd);

/** What stores these; `outbox` is in sequence. */
export function storedRecords(outbox: readonly OutboxRow[]): StoredRecords[] {
  const rows: StoredRecords[] = [];
  for (let from = 0; from < outbox.length;) {
    const some = outbox.slice(from, from + howMany(outbox, from));
    const [first_seq, last_seq] = [some[0]!.seq, some.at(-1)!.seq];
    const records = some.map(({ seq, topic, key, value, headers = [] }) => ({
      ...{ fromLast: last_seq - seq, topic, key, value },
      headers: headers.map(([name, content]) => ({ name, value: content })),
    }));
    rows.push({ last_seq, first_seq, records: packed(type.toBuffer(records)) });
    from += some.length;
  }
  return rows;
}

/** What of it is not acknowledged, in sequence. */
export function recordsIn({ last_seq, first_seq, records }: StoredRecords): OutboxRow[] {
  const all: any[] = type.fromBuffer(unpacked(records));
  return all
    .map(({ fromLast, topic, key, value, headers }) => ({
      ...{ seq: Number(last_seq) - fromLast, topic, key, value },
      ...(headers.length > 0 && { headers: headers.map((each: any) => [each.name, each.value]) }),
    }))
    .filter(({ seq }) => seq >= first_seq);
}

const packed = (bytes: Buffer): Buffer => (bytes.length < compressedBytesMin ? bytes : zstdCompressSync(bytes, fast));
const unpacked = (bytes: Buffer): Buffer =>
  bytes.subarray(0, zstdMagic.length).equals(zstdMagic) ? zstdDecompressSync(bytes) : bytes;

function howMany(outbox: readonly OutboxRow[], from: number): number {
  let bytes = 0;
  let count = 0;
  while (from + count < outbox.length && count < recordsMax) {
    bytes += outbox[from + count]!.value.length;
    if (count > 0 && bytes > bytesMax) break;
    count++;
  }
  return count;
}
