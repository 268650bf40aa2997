import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { componentNames } from '../../common/cli/src/infra/component';
import { root } from '../src/root';

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly restart?: string;
  readonly mem_limit?: string;
  readonly environment: Readonly<Record<string, unknown>>;
  readonly ports?: readonly string[];
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const { services } = parse(read('docker/compose.yml'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
};
const pom = read('docker/pom.xml');
const dockerfile = read('docker/Dockerfile');
const names = Object.keys(services).filter((name) => services[name]?.build && name !== 'setup');
const images = Object.values(services).map(({ image }) => image);

test('every version is written down to the last number', () => {
  const pulled = [...images, ...dockerfile.matchAll(/^FROM (\S+)/gm)].map((it) =>
    typeof it === 'string' ? it : it[1]!,
  );
  for (const image of pulled.filter((each) => each !== 'saga-kit:local')) expect(image).toMatch(/:\d+\.\d+\.\d+(-|$)/);
  for (const [, version] of pom.matchAll(/<\w+\.version>(.*?)</g)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  const fixed = [...pom.matchAll(/<version>(.*?)</g)].map(([, version]) => version!);
  expect(fixed.filter((version) => !/^(\$\{\w+\.version\}|1|\d+\.\d+\.\d+)$/.test(version))).toEqual([]);
});

test.each([
  ['kafka', 'apache/kafka', 'kafka.version'],
  ['registry', 'apicurio/apicurio-registry', 'registry.version'],
] as const)('%s has one version, with Docker and without', (name, image, property) => {
  const [, version] = new RegExp(`<${property}>(.*?)<`).exec(pom)!;
  expect(services[name]?.image).toBe(`${image}:${version}`);
});

test('every component and every service says when it is ready', () => {
  for (const name of componentNames) expect(services[name]?.healthcheck?.test?.[0]).toBe('CMD');
  expect(dockerfile).toContain('HEALTHCHECK');
  for (const name of names) expect(services[name]).not.toHaveProperty('healthcheck');
});

test('services start when the components are ready, and topics and schemas are there', () => {
  const healthy = { condition: 'service_healthy' };
  const setup = { condition: 'service_completed_successfully' };
  for (const name of names)
    expect(services[name]?.depends_on).toEqual({ kafka: healthy, registry: healthy, mysql: healthy, setup });
  expect(services['setup']?.depends_on).toEqual({ kafka: healthy, registry: healthy });
});

test('the components need no service: a checkout starts them alone', () => {
  for (const name of componentNames) expect(services[name]?.depends_on).toBeUndefined();
});

test('each service is the image with a command, and a user of the database of its own', () => {
  for (const name of names)
    expect(services[name]).toMatchObject({
      image: 'saga-kit:local',
      build: { context: '..', dockerfile: 'docker/Dockerfile' },
      command: ['node', `${name}/dist/main.js`],
      environment: { KAFKA_BROKERS: 'kafka:19092', MYSQL_URL: `mysql://${name}:${name}@mysql:3306` },
    });
});

test('all that goes on for ever is started again when it ends, and nothing takes all of the memory', () => {
  for (const name of [...componentNames, ...names]) expect(services[name]?.restart).toBe('unless-stopped');
  expect(services['setup']).not.toHaveProperty('restart');
  for (const { mem_limit: bound } of Object.values(services)) expect(bound).toMatch(/^\d+[mg]$/);
});

test('a service can be scaled: nothing of it is for one container alone', () => {
  for (const name of names) {
    expect(services[name]).not.toHaveProperty('container_name');
    expect(services[name]?.environment).not.toHaveProperty('INSTANCE');
    for (const port of services[name]?.ports ?? []) expect(port).toMatch(/:-(\d+)-(\d+)\}:3000$/);
  }
  const ranges = names.map((name) => /:-(\d+)-(\d+)\}/.exec(services[name]!.ports![0]!)!.slice(1).map(Number));
  for (const [index, [first, last]] of ranges.entries()) {
    expect(last! - first!).toBeGreaterThanOrEqual(9);
    expect(first).toBeGreaterThan(ranges[index - 1]?.[1] ?? 0);
  }
});

test.each([
  [{}, hostname()],
  [{ INSTANCE: '' }, hostname()],
  [{ INSTANCE: 'order-7' }, 'order-7'],
])('an instance with %j is called %s', (env, called) => {
  const [program, ...args] = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(dockerfile)![1]!) as readonly string[];
  const command = [...args, process.execPath, '-p', 'process.env.INSTANCE + process.argv[1]', 'and its arguments'];
  const { stdout } = spawnSync(program!, command, { env: { PATH: process.env['PATH'], ...env }, encoding: 'utf8' });
  expect(stdout).toBe(`${called}and its arguments\n`);
});

test('no user of the database may do anything outside of the database of its service', () => {
  const sql = read('docker/mysql-init.sql').replaceAll(/^--.*$/gm, '');
  const statements = sql.split(';').map((each) => each.trim());
  expect(statements.filter(Boolean).sort()).toEqual(
    names
      .flatMap((name) => [
        `create user if not exists '${name}'@'%' identified by '${name}'`,
        `grant all privileges on \`saga\\_${name}\`.* to '${name}'@'%'`,
      ])
      .sort(),
  );
  const mounted = './${MYSQL_INIT:-mysql-init.sql}:/docker-entrypoint-initdb.d/init.sql:ro';
  expect(services['mysql']).toMatchObject({ volumes: expect.arrayContaining([mounted]) });
});

test('nothing listens to other machines, and ports can be chosen', () => {
  for (const [name, { ports = [] }] of Object.entries(services))
    for (const port of ports)
      expect(port).toMatch(new RegExp(`^127\\.0\\.0\\.1:\\$\\{${name.toUpperCase()}_PORT:-\\d+(-\\d+)?\\}:\\d+$`));
  expect(services['kafka']?.environment['KAFKA_ADVERTISED_LISTENERS']).toContain('127.0.0.1:${KAFKA_PORT:-9092}');
});

test('the image runs as nobody in particular, and holds the manifest of every package', () => {
  const run = dockerfile.slice(dockerfile.lastIndexOf('FROM'));
  expect(run).toMatch(/^USER node$/m);
  expect(dockerfile).toMatch(
    /^RUN .*cp --parents \.npmrc package.json package-lock.json \.\/\*\/package.json common\/\*\/package.json examples\/\*\/\*\/package.json/m,
  );
  const { workspaces } = JSON.parse(read('package.json')) as { workspaces: readonly string[] };
  for (const each of workspaces) expect(each).toMatch(/^(common\/|examples\/[\w-]+\/)?[\w-]+$/);
});
