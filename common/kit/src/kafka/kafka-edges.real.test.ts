import { CompressionCodecs, CompressionTypes } from 'kafkajs';
import { kafkaEdgeTests } from '../../test/kafka-edge-tests';
import { KafkajsLine } from '../../test/kafka-lines';

kafkaEdgeTests(
  'kafkajs',
  () => new KafkajsLine(),
  (reason) => {
    const readable = CompressionCodecs[CompressionTypes.ZSTD];
    CompressionCodecs[CompressionTypes.ZSTD] = () => ({
      compress: () => Promise.reject(new Error('no')),
      decompress: () => Promise.reject(new Error(reason)),
    });
    return () => (CompressionCodecs[CompressionTypes.ZSTD] = readable);
  },
);
