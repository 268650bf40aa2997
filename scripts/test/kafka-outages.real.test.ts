import { given } from '../../common/kit/test/given';
import { startInfra, type OwnInfra } from '../../common/cli/src/infra/start-infra';
import { kafkaTrial } from '../src/trial/kafka-trial';
import { takeOverTrial } from '../src/trial/take-over-trial';
import { soonMissed } from './soon-missed';

/** On components of its own, since it takes them away. */
given(
  'KAFKA_BROKERS',
  'SCHEMA_REGISTRY_URL',
  'MYSQL_URL',
)('two instances of each service', () => {
  let infra: OwnInfra;
  beforeAll(async () => {
    infra = await startInfra();
  }, 120_000);
  afterAll(() => infra.close(), 60_000);
  const say = () => {};
  const addresses = () => ({ ...infra.addresses, ...soonMissed });

  test('one of each killed with -9 for good: the others do what it had begun, and the books add up', async () => {
    const report = await takeOverTrial({ orders: 300, cancelPercent: 30, seed: 3, addresses: addresses(), say });
    expect(report.faults).toEqual([]);
    expect(report.orders).toBeGreaterThanOrEqual(300);
  }, 180_000);

  test('each killed with -9 and started again, the broker and the database restarted, the registry away: every order ends, and the books add up', async () => {
    const trial = {
      orders: 600,
      cancelPercent: 30,
      instances: 2,
      perSecond: 30,
      registryAwayMs: 6_000,
      seed: 5,
      infra: { ...infra, addresses: addresses() },
      say,
    };
    const report = await kafkaTrial(trial);
    expect(report.faults).toEqual([]);
    expect(report.happened).toHaveLength(11);
    expect(report.orders).toBeGreaterThanOrEqual(600);
  }, 300_000);
});
