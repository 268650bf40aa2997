import {
  kafkaSettings,
  commonSettings,
  mysqlSettings,
  registrySettings,
  serviceSettings,
  settingsFrom,
} from './settings';
import { faultsOf } from '../../test/faults-of';

const addresses = { KAFKA_BROKERS: 'one:9092', SCHEMA_REGISTRY_URL: 'http://host', MYSQL_URL: 'mysql://me@host' };

const percent = 'its user or password has a % that stands for no character: % itself is %25';
const behind = 'it has a ? or a # in it: leave out what is behind it, or write it as %3F or %23';
const registry = 'set it to an address such as http://host:8081; within a user or a password, % is %25';
const mysql = 'set it to an address such as mysql://user:password@host:3306; within a user or a password, % is %25';

test.each([
  ['http://me:100%@host:8081', [percent]],
  ['http://%zz:secret@host', [percent]],
  ['http://me:%E0%A4@host', [percent]],
  ['http://m%3Ae:secret@host', ['its user has a colon in it, and no server could tell where the password begins']],
  ['http://:secret@host', ['it has a password and no user']],
  ['http://host:8081?a=1', [behind]],
  ['http://host/v7#a', [behind]],
  ['http://host:0', ['nothing listens on port 0: name another']],
  ['http://host:65536', [registry]],
  ['http://me:se/cret@host', [registry]],
  ['http://ho st', [registry]],
  ['host', [registry]],
  ['mysql://me@host', [registry]],
  ['http://me:100%25@host/apis/ccompat/v7', []],
  [' https://host \r', []],
])('"%s" as SCHEMA_REGISTRY_URL has these faults: %j', (url, faults) => {
  const said = faultsOf(registrySettings, { SCHEMA_REGISTRY_URL: url });
  expect(said).toEqual(faults.map((fault) => expect.stringContaining(`SCHEMA_REGISTRY_URL: ${fault}`)));
});

test.each([
  ['mysql://me:100%@host', [percent]],
  ['mysql://me%:secret@host:3306', [percent]],
  ['mysql://host:3306', [`it has no user: ${mysql}`]],
  ['mysql://:secret@host', [`it has no user: ${mysql}`]],
  ['mysql://me:secret@host/orders', ['it has a path behind the host: leave that out']],
  ['mysql://me:secret@host?ssl=true', [behind]],
  ['mysql://me:secret@host#', [behind]],
  ['mysql://me:12#34@host', [`it has no user: ${mysql}`, behind]],
  ['mysql://me:12/34@host', [`it has no user: ${mysql}`, 'it has a path behind the host: leave that out']],
  ['mysql://me:secret@host:0', ['nothing listens on port 0: name another']],
  ['mysql://me:secret@host:99999', [mysql]],
  ['mysql://', [mysql]],
  ['mariadb://me:secret@host', [mysql]],
  ['me:secret@host', [mysql]],
  ['mysql://me:p%40ss%25@[::1]:3306/', []],
])('"%s" as MYSQL_URL has these faults: %j', (url, faults) => {
  const said = faultsOf(mysqlSettings, { MYSQL_URL: url });
  expect(said).toEqual(faults.map((fault) => expect.stringContaining(`MYSQL_URL: ${fault}`)));
});

const aBroker = 'a broker is host:port, with a port from 1 to 65535 and nothing before or behind it';
test.each([
  ['one:0', [`0: ${aBroker}`]],
  ['one:9092,two:65536', [`1: ${aBroker}`]],
  ['one:9092,two:99999', [`1: ${aBroker}`]],
  ['one:9092,', [`1: ${aBroker}`]],
  ['kafka://one:9092', [`0: ${aBroker}`]],
  ['one:9092/path', [`0: ${aBroker}`]],
  ['one :9092', [`0: ${aBroker}`]],
  ['one:9e3', [`0: ${aBroker}`]],
  ['one:9092,two:9092,ONE:9092', ['2: is there already']],
  [' one:1 ,two:65535\r', []],
])('"%s" as KAFKA_BROKERS has these faults: %j', (list, faults) => {
  const said = faultsOf(kafkaSettings, { KAFKA_BROKERS: list });
  expect(said).toEqual(faults.map((fault) => `KAFKA_BROKERS.${fault}`));
});

const numbers = [
  '1e3',
  '0x1000',
  '-1',
  '+8000',
  '8000.0',
  '8 000',
  'many',
  '999999',
  '9'.repeat(40),
  'Infinity',
  'NaN',
];
test.each(['PORT', 'MYSQL_READERS_MAX', 'KAFKA_SESSION_TIMEOUT_MS'])('%s is a number in digits', (name) => {
  for (const value of numbers)
    expect(faultsOf(serviceSettings, { ...addresses, [name]: value })).toEqual([
      expect.stringMatching(`^${name}: has to be a whole number from \\d+ to \\d+, in digits$`),
    ]);
  for (const value of ['', ' ', undefined]) expect(faultsOf(serviceSettings, { ...addresses, [name]: value })).toEqual([]); // prettier-ignore
  expect(settingsFrom(serviceSettings, { ...addresses, PORT: ' 08080\r' }).PORT).toBe(8080);
});

test.each(['http://localhost', 'localhost:80', '[::1]', 'a b', '127.0.0.1/8', '*', '-a'])('"%s" is no HOST', (HOST) => {
  expect(faultsOf(commonSettings, { HOST })).toEqual([
    'HOST: has to be the name or the address of an interface, such as 127.0.0.1 or ::1, and nothing else',
  ]);
});

test.each(['::', '::1', '0.0.0.0', 'localhost', 'my-host.example_net'])('"%s" is a HOST', (HOST) => {
  expect(settingsFrom(commonSettings, { HOST })).toMatchObject({ HOST });
});
