import { given } from '../../common/kit/test/given';
import { startInfra } from '../src/infra/start-infra';
import { kafkaTrial } from '../src/trial/kafka-trial';

/** On components of its own, since it takes them away. */
given(
  'KAFKA_BROKERS',
  'SCHEMA_REGISTRY_URL',
  'MYSQL_URL',
)('two instances of each service', () => {
  test('each killed with -9 and started again, the broker and the database restarted, the registry away: every order ends, and the books add up', async () => {
    const infra = await startInfra();
    try {
      const trial = { orders: 600, instances: 2, perSecond: 30, registryAwayMs: 6_000, seed: 5, infra, say: () => {} };
      const report = await kafkaTrial(trial);
      expect(report.faults).toEqual([]);
      expect(report.happened).toHaveLength(11);
      expect(report.orders).toBeGreaterThanOrEqual(600);
    } finally {
      await infra.close();
    }
  }, 300_000);
});
