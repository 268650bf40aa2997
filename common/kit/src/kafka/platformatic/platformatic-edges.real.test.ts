import { compressionsAlgorithms } from '@platformatic/kafka';
import { kafkaEdgeTests } from '../../../test/kafka-edge-tests';
import { PlatformaticLine } from '../../../test/kafka-lines';

kafkaEdgeTests(
  '@platformatic/kafka',
  () => new PlatformaticLine(),
  (reason) => {
    const spoilt = jest.spyOn(compressionsAlgorithms.zstd, 'decompressSync').mockImplementation(() => {
      throw new Error(reason);
    });
    return () => spoilt.mockRestore();
  },
);
