import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Infra } from './infra';
import type { Machine } from './machine';
import { end, isRunning, startDetached, type ProcessId } from './processes';
import { State } from './state';

let folder: string;
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'infra-'));
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const nothing: Machine = { docker: false, java: 0, find: () => undefined };

/** An engine that writes down what it is asked for. */
function anEngine(behaviour = 'exit 0') {
  const calls = join(folder, 'calls');
  const docker = join(folder, 'docker');
  const ports = '$KAFKA_PORT/$REGISTRY_PORT/$MYSQL_PORT';
  writeFileSync(docker, `#!/bin/sh\necho "$* ${ports}" >> ${calls}\n${behaviour}\n`);
  chmodSync(docker, 0o755);
  const project = /saga-kit-[0-9a-f]{8}/g;
  const own = /compose -p P -f \S+\/docker\/compose\.yml /g;
  return {
    asked: () => readFileSync(calls, 'utf8').trim().replace(project, 'P').replace(own, '').split('\n'),
    infra: new Infra(join(folder, 'infra'), {
      env: { PATH: folder },
      say: (line) => said.push(line),
      machine: { ...nothing, docker: true },
    }),
  };
}

test('a Docker engine starts the three components, and none of the services', async () => {
  const { infra, asked } = anEngine();
  expect(await infra.start()).toEqual([]);
  const { kafka, registry, mysql } = new State(infra.folder).read();
  const ports = [kafka, registry, mysql].map((each) => each!.ports[0]);
  expect(asked()).toEqual([`up --detach --wait --no-deps kafka registry mysql ${ports.join('/')}`]);
  expect(infra.addresses).toEqual({
    KAFKA_BROKERS: `127.0.0.1:${ports[0]}`,
    SCHEMA_REGISTRY_URL: `http://127.0.0.1:${ports[1]}/apis/ccompat/v7`,
    MYSQL_URL: `mysql://saga:saga@127.0.0.1:${ports[2]}`,
  });
});

test('a container that is stopped keeps its ports, and its data unless it is cleaned', async () => {
  const { infra, asked } = anEngine();
  await infra.start();
  const before = infra.addresses;
  await infra.stop(['kafka']);
  expect(infra.addresses).not.toHaveProperty('KAFKA_BROKERS');
  await infra.start(['kafka']);
  expect(infra.addresses).toEqual(before);
  await infra.stop(['mysql'], { clean: true });
  await infra.stop(undefined, { clean: true });
  expect(infra.addresses).toEqual({});
  expect(asked().map((line) => line.replace(/ [\d/]+$/, ''))).toEqual([
    'up --detach --wait --no-deps kafka registry mysql',
    'stop kafka',
    'up --detach --wait --no-deps kafka',
    'rm --stop --force mysql',
    'volume rm --force P_mysql',
    'down --volumes',
  ]);
});

test('a Docker engine that cannot do it is left for what this machine has', async () => {
  const { infra } = anEngine('case "$*" in *up*) echo no such image; exit 1;; esac');
  const missing = await infra.start();
  expect(missing.map(({ name }) => name)).toEqual(['kafka', 'registry', 'mysql']);
  expect(said.join('\n')).toContain('no such image');
  expect(infra.addresses).toEqual({});
});

test('what has an address is not started, and has to answer', async () => {
  const env = { KAFKA_BROKERS: '127.0.0.1:1' };
  const infra = new Infra(folder, { env, say: () => {}, machine: nothing });
  expect(await infra.status()).toEqual([
    { name: 'kafka', from: 'address', address: '127.0.0.1:1', answers: false },
    { name: 'registry', from: 'stopped', answers: false },
    { name: 'mysql', from: 'stopped', answers: false },
  ]);
  const soon = AbortSignal.timeout(500);
  await expect(infra.start(['kafka'], soon)).rejects.toThrow('timeout');
  expect(existsSync(join(folder, 'kafka'))).toBe(false);
});

test('an address of its own that is in the environment is still its own', async () => {
  const { infra, asked } = anEngine();
  await infra.start();
  const env = { PATH: folder, ...infra.addresses };
  const again = new Infra(infra.folder, { env, say: () => {}, machine: { ...nothing, docker: true } });
  await again.stop(['kafka']);
  expect(again.addresses).not.toHaveProperty('KAFKA_BROKERS');
  expect(await again.start(['kafka'])).toEqual([]);
  expect(asked().at(-1)).toMatch(/^up .* kafka /);
  expect((await again.status()).map(({ from }) => from)).toEqual(['docker', 'docker', 'docker']);
});

describe('a process that has got the number of a component', () => {
  let stranger: ProcessId;
  beforeEach(() => {
    stranger = startDetached({ program: 'sleep', args: ['60'] }, folder, join(folder, 'log'));
    new State(folder).put('mysql', { from: 'process', ports: [20_001], runs: { ...stranger, since: 'another time' } });
  });
  afterEach(() => end(stranger));

  test('is not taken for it, and is not ended', async () => {
    const infra = new Infra(folder, { env: {}, say: () => {}, machine: nothing });
    expect(infra.addresses).toEqual({});
    await infra.stop();
    expect(isRunning(stranger)).toBe(true);
  });
});
