import { commonSettings, kafkaSettings, registrySettings, serviceSettings, settingsFrom } from './settings';

const brokers = { KAFKA_BROKERS: 'one:9092, two:9093' };

test('brokers are a list, and an empty variable counts as unset', () => {
  const settings = settingsFrom(kafkaSettings, { ...brokers, KAFKA_SSL: '', KAFKA_PASSWORD: '' });
  expect(settings).toEqual({ KAFKA_BROKERS: ['one:9092', 'two:9093'], KAFKA_SSL: false });
});

test.each([
  [{}, 'KAFKA_BROKERS: set it to host:port'],
  [{ KAFKA_BROKERS: 'one' }, 'KAFKA_BROKERS.0: a broker is host:port'],
  [{ KAFKA_BROKERS: 'one:9092,,two:9092' }, 'KAFKA_BROKERS.1: a broker is host:port'],
  [{ ...brokers, KAFKA_SASL_MECHANISM: 'gssapi' }, 'KAFKA_SASL_MECHANISM: '],
  [{ ...brokers, KAFKA_SASL_MECHANISM: 'plain', KAFKA_USERNAME: 'me' }, 'KAFKA_PASSWORD: is needed for plain'],
  [{ ...brokers, KAFKA_USERNAME: 'me' }, 'KAFKA_USERNAME: is of no use without KAFKA_SASL_MECHANISM'],
  [{ ...brokers, KAFKA_SSL_CA: 'ca.pem' }, 'KAFKA_SSL_CA: is of no use without KAFKA_SSL=1'],
])('%j is answered with "%s"', (env, fault) => {
  expect(() => settingsFrom(kafkaSettings, env)).toThrow(fault);
});

test.each(['', 'localhost:8081', 'ftp://host', 'http://'])('"%s" is no address of a registry', (url) => {
  const env = { SCHEMA_REGISTRY_URL: url };
  expect(() => settingsFrom(registrySettings, env)).toThrow('SCHEMA_REGISTRY_URL: set it to an address');
});

test('a profile that is put together of several keeps the checks of each', () => {
  const profile = kafkaSettings.extend(registrySettings.shape).extend(commonSettings.shape);
  const env = { ...brokers, KAFKA_SSL_CA: 'ca.pem', SCHEMA_REGISTRY_URL: 'https://me:secret@host/v7' };
  expect(() => settingsFrom(profile, env)).toThrow('KAFKA_SSL_CA');
  expect(settingsFrom(profile, { ...env, KAFKA_SSL: '1' })).toMatchObject({ PORT: 3000, KAFKA_SSL: true });
});

test('a certificate for a database that is not spoken to in TLS is a fault, not a secret told in the clear', () => {
  const addresses = { SCHEMA_REGISTRY_URL: 'http://host', MYSQL_URL: 'mysql://me@host' };
  const env = { ...brokers, ...addresses, MYSQL_SSL_CA: 'ca.pem' };
  expect(() => settingsFrom(serviceSettings, env)).toThrow('MYSQL_SSL_CA: is of no use without MYSQL_SSL=1');
  expect(settingsFrom(serviceSettings, { ...env, MYSQL_SSL: '1' })).toMatchObject({ MYSQL_SSL_CA: 'ca.pem' });
});

test('no fault repeats a secret', () => {
  const env = { KAFKA_PASSWORD: 'secret', SCHEMA_REGISTRY_URL: 'me:secret@host' };
  expect(() => settingsFrom(kafkaSettings.extend(registrySettings.shape), env)).toThrow(/^(?!.*secret)/s);
});
