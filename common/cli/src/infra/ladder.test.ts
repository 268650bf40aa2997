import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { componentNames, type Wishes } from './component';
import { components } from './components';
import { rungOf } from './ladder';
import { javaMajor, type Machine } from './machine';

const everything = ['java', 'mvn', 'mariadbd', 'mariadb-install-db'];
const aMachine = (programs: readonly string[], rest: Partial<Machine> = {}): Machine => ({
  docker: false,
  java: programs.includes('java') ? 17 : 0,
  find: (program) => (programs.includes(program) ? `/bin/${program}` : undefined),
  ...rest,
});
const rungs = (env: NodeJS.ProcessEnv, machine: Machine) =>
  componentNames.map((name) => rungOf(components[name], env, machine));

test('an address in the environment is used, whatever else there is', () => {
  const env = { KAFKA_BROKERS: 'k:1', SCHEMA_REGISTRY_URL: 'http://r', MYSQL_URL: 'mysql://m' };
  expect(rungs(env, aMachine(everything, { docker: true }))).toEqual(
    Object.values(env).map((address) => ({ from: 'address', address })),
  );
});

test('a Docker engine comes before programs, for what has no address', () => {
  const found = rungs({ KAFKA_BROKERS: 'k:1', MYSQL_URL: '' }, aMachine(everything, { docker: true }));
  expect(found.map(({ from }) => from)).toEqual(['address', 'docker', 'docker']);
});

test('without a Docker engine they are programs of this machine', () => {
  expect(rungs({}, aMachine(everything)).map(({ from }) => from)).toEqual(['process', 'process', 'process']);
  expect(rungs({}, aMachine(['mysqld']))[2]).toEqual({ from: 'process' });
});

test('what cannot be had says what to install, and no more than that', () => {
  const lackings = (machine: Machine) => rungs({}, machine).map((rung) => ('lacking' in rung ? rung.lacking : ''));
  expect(lackings(aMachine([]))).toEqual([
    expect.stringMatching(/^install Java 17 .*default-jdk-headless.* and Maven .*maven/),
    expect.stringMatching(/^install Java 17 .* and Maven/),
    expect.stringMatching(/^install MariaDB .*mariadb-server.*, or start a Docker engine$/),
  ]);
  expect(lackings(aMachine(['java', 'mysqld']))).toEqual([
    expect.stringMatching(/^install Maven/),
    expect.stringMatching(/^install Maven/),
    '',
  ]);
  expect(lackings(aMachine(everything, { java: 11 }))[0]).toMatch(/^install Java 17 or later [^M]*$/);
});

test('a wish that Docker does not grant is left to this machine', () => {
  const docker = { docker: true };
  const of = (programs: readonly string[], wishes: Wishes) =>
    componentNames.map((name) => rungOf(components[name], {}, aMachine(programs, docker), wishes).from);
  expect(of(everything, { brokers: 1, database: 'mysql' })).toEqual(['docker', 'docker', 'docker']);
  expect(of(everything, { brokers: 3 })).toEqual(['process', 'docker', 'docker']);
  expect(of([], { brokers: 3, database: 'mariadb' })).toEqual(['nowhere', 'docker', 'nowhere']);
});

test('of two databases the one is taken that is wished for', async () => {
  const both = aMachine([...everything, 'mysqld']);
  expect(components.mysql.lacking(both, { database: 'mysql' })).toBeUndefined();
  expect(components.mysql.lacking(aMachine(['mysqld']), { database: 'mariadb' })).toMatch(/^install MariaDB/);
  expect(components.mysql.lacking(aMachine(everything), { database: 'mysql' })).toMatch(/^install MySQL/);
});

test('mysqld is not MySQL where it is another name of MariaDB', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ladder-'));
  const [mariadbd, mysqld] = [join(folder, 'mariadbd'), join(folder, 'mysqld')];
  writeFileSync(mariadbd, '');
  symlinkSync(mariadbd, mysqld);
  const find = (program: string) => (program === 'mysqld' ? mysqld : undefined);
  expect(components.mysql.lacking({ docker: false, java: 0, find }, { database: 'mysql' })).toMatch(/^install MySQL/);
  rmSync(folder, { recursive: true });
});

test.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['java version "1.8.0_292"', 8],
  ['openjdk version "25" 2025-09-16', 25],
  ['The operation couldn’t be completed. Unable to locate a Java Runtime.', 0],
])('%j is Java %i', (said, version) => {
  expect(javaMajor(said)).toBe(version);
});
