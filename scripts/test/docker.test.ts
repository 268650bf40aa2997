import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { componentNames } from '../src/infra/component';
import { root } from '../src/infra/root';

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[];
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
const names = ['order', 'user', 'kitchen', 'payment'] as const;
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

test('each service is the image with a command and a name of its own', () => {
  for (const name of names)
    expect(services[name]).toMatchObject({
      image: 'saga-kit:local',
      build: { context: '..', dockerfile: 'docker/Dockerfile' },
      command: ['node', `${name}/dist/main.js`],
      environment: { INSTANCE: `${name}-1`, KAFKA_BROKERS: 'kafka:19092' },
    });
});

test('nothing listens to other machines, and ports can be chosen', () => {
  for (const [name, { ports = [] }] of Object.entries(services))
    for (const port of ports)
      expect(port).toMatch(new RegExp(`^127\\.0\\.0\\.1:\\$\\{${name.toUpperCase()}_PORT:-\\d+\\}:\\d+$`));
  expect(services['kafka']?.environment['KAFKA_ADVERTISED_LISTENERS']).toContain('127.0.0.1:${KAFKA_PORT:-9092}');
});

test('the image runs as nobody in particular, and holds the manifest of every package', () => {
  const run = dockerfile.slice(dockerfile.lastIndexOf('FROM'));
  expect(run).toMatch(/^USER node$/m);
  const { workspaces } = JSON.parse(read('package.json')) as { workspaces: readonly string[] };
  for (const each of workspaces) expect(dockerfile).toContain(`COPY ${each}/package.json ${each}/`);
});
