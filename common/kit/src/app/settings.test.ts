import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { faultsOf } from '../../test/faults-of';
import {
  commonSettings,
  embeddedSettings,
  kafkaSettings,
  registrySettings,
  serviceSettings,
  settingsFrom,
} from './settings';

const folder = mkdtempSync(join(tmpdir(), 'saga-kit-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));
/** A file of this name, with this in it. */
function fileOf(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}
const certificate = `-----BEGIN CERTIFICATE-----
MIIBeTCCAR+gAwIBAgIUH79sx4wkJe3wOuT1KszlIezn1mAwCgYIKoZIzj0EAwIw
ETEPMA0GA1UEAwwGYS10ZXN0MCAXDTI2MTEyNjE1MjQ1MloYDzIxMjYxMTAyMTUy
NDUyWjARMQ8wDQYDVQQDDAZhLXRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AATzJ4dATvwmLj10FuilySMdXNjbTv4geGCTjJFvmNOW2r/qcfTklI8ATpZ1psCY
y5G/t+9Cu8ErLxS/DYTSFgsJo1MwUTAdBgNVHQ4EFgQUtQI5HZIcM4QbAFIGrdEu
M+Cyz6YwHwYDVR0jBBgwFoAUtQI5HZIcM4QbAFIGrdEuM+Cyz6YwDwYDVR0TAQH/
BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiA6I+gip1k6GQGYkiycrbiU1gofNRuN
2Q623NeMEXeDmgIhALEJutrw/aNBK+Y7vMflALbh8RFdACeC2QUwukEA8aQf
-----END CERTIFICATE-----
`;
const ca = fileOf('ca.pem', certificate);

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
  const env = { ...brokers, KAFKA_SSL_CA: ca, SCHEMA_REGISTRY_URL: 'https://me:secret@host/v7' };
  expect(() => settingsFrom(profile, env)).toThrow('KAFKA_SSL_CA');
  expect(settingsFrom(profile, { ...env, KAFKA_SSL: '1' })).toMatchObject({ PORT: 3000, KAFKA_SSL: true });
});

test('a certificate for a database that is not spoken to in TLS is a fault, not a secret told in the clear', () => {
  const addresses = { SCHEMA_REGISTRY_URL: 'http://host', MYSQL_URL: 'mysql://me@host' };
  const env = { ...brokers, ...addresses, MYSQL_SSL_CA: ca };
  expect(() => settingsFrom(serviceSettings, env)).toThrow('MYSQL_SSL_CA: is of no use without MYSQL_SSL=1');
  expect(settingsFrom(serviceSettings, { ...env, MYSQL_SSL: '1' })).toMatchObject({ MYSQL_SSL_CA: ca });
});

const missing = join(folder, 'missing.pem');
const noCertificate = 'has no certificate in it: a PEM file says "-----BEGIN CERTIFICATE-----"';
const addresses = { ...brokers, SCHEMA_REGISTRY_URL: 'http://host', MYSQL_URL: 'mysql://me@host' };

test.each(['KAFKA_SSL_CA', 'MYSQL_SSL_CA', 'NODE_EXTRA_CA_CERTS'])('%s has to be a file of certificates', (name) => {
  const faultOf = (file: string): string[] =>
    faultsOf(serviceSettings, { ...addresses, KAFKA_SSL: '1', MYSQL_SSL: '1', [name]: file });
  const key = certificate.replaceAll('CERTIFICATE', 'PRIVATE KEY');
  const broken = certificate + certificate.replace('MIIB', 'AAAA');
  expect(faultOf(missing)).toEqual([
    `${name}: cannot be read (ENOENT: no such file or directory, open '${missing}'): name a file of PEM certificates`,
  ]);
  expect(faultOf(folder)).toEqual([expect.stringContaining(`${name}: cannot be read (EISDIR`)]);
  expect(faultOf(fileOf('empty.pem', ''))).toEqual([`${name}: ${noCertificate}`]);
  expect(faultOf(fileOf('key.pem', key))).toEqual([`${name}: ${noCertificate}`]);
  expect(faultOf(fileOf('ca.der', Buffer.from(certificate).toString('base64')))).toEqual([`${name}: ${noCertificate}`]);
  expect(faultOf(fileOf('half.pem', certificate.slice(0, 200)))).toEqual([`${name}: ${noCertificate}`]);
  expect(faultOf(fileOf('broken.pem', broken))).toEqual([
    `${name}: certificate 2 of 2 in it cannot be read: get the file anew`,
  ]);
  expect(faultOf(fileOf('two.pem', `# ours\r\n${certificate.replaceAll('\n', '\r\n')}\n${certificate}`))).toEqual([]);
});

test('a data folder is a folder, or not there yet', () => {
  const faultOf = (path: string) => faultsOf(embeddedSettings, { DATA_DIR: path });
  expect(faultOf(ca)).toEqual(['DATA_DIR: is a file: name a folder']);
  expect(faultOf(join(ca, 'data'))).toEqual([expect.stringMatching(/^DATA_DIR: cannot be used as a folder \(ENOTDIR/)]);
  expect([...faultOf(folder), ...faultOf(join(folder, 'new', 'data'))]).toEqual([]);
});

test.each([
  ['PROFILE', 'production', 'embedded, kafka'],
  ['LOG_LEVEL', 'verbose', 'debug, info, warn, error, silent'],
  ['KAFKA_SSL', 'true', '0, 1'],
  ['KAFKA_SASL_MECHANISM', 'SCRAM-SHA-512', 'plain, scram-sha-256, scram-sha-512'],
])('%s cannot be "%s"', (name, value, names) => {
  const schema = kafkaSettings.extend(commonSettings.shape);
  expect(faultsOf(schema, { ...brokers, [name]: value })[0]).toBe(`${name}: has to be one of ${names}`);
});

test('spaces around a value do not count, but in a password, where a line break is a slip', () => {
  const env = { ...brokers, KAFKA_SASL_MECHANISM: ' plain\n', KAFKA_USERNAME: 'me ', KAFKA_PASSWORD: ' secret ' };
  const read = settingsFrom(kafkaSettings, env);
  expect(read).toMatchObject({ KAFKA_SASL_MECHANISM: 'plain', KAFKA_USERNAME: 'me', KAFKA_PASSWORD: ' secret ' });
  const faults = faultsOf(kafkaSettings, { ...env, KAFKA_PASSWORD: 'secret\n' });
  expect(faults).toEqual([expect.stringContaining('KAFKA_PASSWORD: has a line break or another control character')]);
});

test('all faults are told at once, also of what depends on several variables', () => {
  const env = {
    PORT: 'a',
    KAFKA_USERNAME: 'me',
    MYSQL_URL: 'x',
    MYSQL_SSL_CA: missing,
    INSTANCE: 'a b',
    SAMPLE_DATA: '2',
  };
  expect(faultsOf(serviceSettings, env).map((fault) => fault.split(':')[0])).toEqual([
    'KAFKA_BROKERS',
    'SCHEMA_REGISTRY_URL',
    'MYSQL_URL',
    'MYSQL_SSL_CA',
    'PORT',
    'INSTANCE',
    'SAMPLE_DATA',
    'KAFKA_USERNAME',
    'MYSQL_SSL_CA',
  ]);
});

test('no fault repeats a secret', () => {
  const urls = ['me:secret@host', 'http://secret:sec%ret@host', 'http://:secret@host:0', 'http://me:1/secret@host#'];
  for (const url of urls)
    for (const password of ['secret', 'secret\n']) {
      const env = { KAFKA_PASSWORD: password, SCHEMA_REGISTRY_URL: url, MYSQL_URL: url.replace('http', 'mysql') };
      const said = faultsOf(serviceSettings, env).join('\n');
      expect(said).toContain('KAFKA_PASSWORD');
      expect(said).not.toMatch(/sec.?ret/);
    }
});
