import { createRequire } from 'node:module';
import { zstdDecompressSync } from 'node:zlib';
import { CompressionCodecs, CompressionTypes } from 'kafkajs';

// These two come without types.
const load = createRequire(__filename);
const snappy = load('kafkajs-snappy') as () => { decompress(bytes: Buffer): Promise<Buffer> };
const lz4 = load('lz4js') as { decompress(bytes: Uint8Array): Uint8Array };

/** What a batch of records may become; a broker takes a megabyte of it by default. */
const batchBytesMax = 256 * 1024 * 1024;

/**
 * kafkajs reads gzip. The others are for what senders and topics of other people are set to; we compress nothing with them.
 * A codec that the program has registered stays.
 */
export function registerCodecs(): void {
  register(CompressionTypes.Snappy, (bytes) => snappy().decompress(bytes));
  register(CompressionTypes.LZ4, async (bytes) => Buffer.from(lz4.decompress(bytes)));
  register(CompressionTypes.ZSTD, async (bytes) => zstdDecompressSync(bytes, { maxOutputLength: batchBytesMax }));
}

type Codec = keyof typeof CompressionCodecs;

function register(type: Codec, decompress: (bytes: Buffer) => Promise<Buffer>): void {
  if (isThere(type)) return;
  const compress = () => Promise.reject(new Error('the kit compresses nothing'));
  CompressionCodecs[type] = () => ({ compress, decompress });
}

/** Those that kafkajs lacks throw when they are looked up. */
function isThere(type: Codec): boolean {
  try {
    return CompressionCodecs[type]() !== undefined;
  } catch {
    return false;
  }
}
