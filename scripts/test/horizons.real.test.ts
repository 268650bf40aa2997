import { randomUUID } from 'node:crypto';
import { Child } from '../../common/cli/src/command/child';
import { ownCommand } from '../../common/cli/src/start/start-processes';
import { given } from '../../common/kit/test/given';
import { root } from '../src/root';
import { orderSystem } from '../src/trial/system';

given(
  'KAFKA_BROKERS',
  'SCHEMA_REGISTRY_URL',
  'MYSQL_URL',
)('horizons on Kafka', () => {
  test('a service that would forget what Kafka can hand over again ends at its start, with 1, and says what to set', async () => {
    const { KAFKA_BROKERS, SCHEMA_REGISTRY_URL, MYSQL_URL } = process.env;
    const addresses = { KAFKA_BROKERS, SCHEMA_REGISTRY_URL, MYSQL_URL };
    await ownCommand(addresses, orderSystem().args('topics', 'create'));
    const env = { ...addresses, PORT: '0', MYSQL_DATABASE_PREFIX: `short_${randomUUID().slice(0, 8)}_` };
    const payment = new Child({
      file: `${root}/payment/dist/main.js`,
      env: { ...env, PROFILE: 'kafka', RETENTION_INBOX_DAYS: '3' },
    });
    await expect(payment.start()).rejects.toThrow(
      /^it has ended at its start \(1\):\n[^]*RETENTION_INBOX_DAYS has to be at least 22, or 0 to purge nothing, and not 3: topic order-to-payment-pay\S* may hand a record over again for 14.1 days/,
    );
  }, 60_000);
});
