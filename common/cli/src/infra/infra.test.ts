import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Infra } from './infra';
import type { Machine } from './machine';
import type { PartName } from './parts';
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
  const users = '[ -z "$MYSQL_PORT" ] || [ "$MYSQL_INIT" = mysql-for-development.sql ] || exit 9';
  writeFileSync(docker, `#!/bin/sh\necho "$* ${ports}" >> ${calls}\n${users}\n${behaviour}\n`);
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
  await expect(infra.start(['kafka'], { signal: soon })).rejects.toThrow('timeout');
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

test('brokers beyond the first, and MariaDB, are had from this machine though there is a Docker engine', async () => {
  const { infra, asked } = anEngine();
  const missing = await infra.start(undefined, { brokers: 3, database: 'mariadb' });
  expect(missing).toEqual([
    { name: 'kafka', lacking: expect.stringMatching(/^install Java.*, since Docker has one broker here$/) },
    { name: 'mysql', lacking: expect.stringMatching(/^install MariaDB .*, since Docker has MySQL here$/) },
  ]);
  expect(asked().map((line) => line.replace(/ [\d/]+$/, ''))).toEqual(['up --detach --wait --no-deps registry']);
});

test('a wish that would change nothing is refused, with the way out', async () => {
  const { infra } = anEngine();
  await infra.start();
  await expect(infra.start(undefined, { brokers: 3 })).rejects.toThrow(
    /^kafka runs in a container, and Docker has one broker here: end that first, with ".* --component kafka --clean"$/,
  );
  const options = { env: { MYSQL_URL: 'mysql://u@somewhere' }, say: () => {}, machine: nothing };
  await expect(new Infra(folder, options).start(['mysql'], { database: 'mysql' })).rejects.toThrow(
    '--database is for what is started here, and MYSQL_URL is set: unset it first',
  );
});

test('what is not a process that runs here is told so, and not signalled', async () => {
  const { infra } = anEngine();
  await infra.start();
  await expect(infra.signal(['kafka'], 'SIGKILL')).rejects.toThrow('kafka is not a process that runs here');
  await expect(infra.stop(['kafka-2'])).rejects.toThrow('there is no kafka-2 here, of 1');
});

describe('the folder of a cluster', () => {
  /** Programs that stand still, in place of three brokers. */
  const brokers: (ProcessId | null)[] = [];
  beforeEach(() => {
    for (const each of [1, 2, 3]) {
      mkdirSync(join(folder, `kafka-${each}`, 'data'), { recursive: true });
      const log = join(folder, `kafka-${each}`, 'log');
      brokers.push(each === 3 ? null : startDetached({ program: 'sleep', args: ['60'] }, folder, log));
      writeFileSync(log, `of ${each}`);
    }
    new State(folder).put('kafka', { from: 'process', ports: [1, 2, 3, 4, 5, 6], runs: brokers });
  });
  afterEach(async () => {
    for (const each of brokers.splice(0)) if (each) await end(each, { kill: true });
  });
  const here = () => new Infra(folder, { env: {}, say: () => {}, machine: nothing });

  test('is told broker by broker', async () => {
    const infra = here();
    expect(infra.addresses.KAFKA_BROKERS).toBe('127.0.0.1:1,127.0.0.1:3,127.0.0.1:5');
    expect((await infra.status()).slice(0, 3)).toEqual([
      { name: 'kafka-1', from: 'process', address: '127.0.0.1:1', pid: brokers[0]!.pid, answers: false },
      { name: 'kafka-2', from: 'process', address: '127.0.0.1:3', pid: brokers[1]!.pid, answers: false },
      { name: 'kafka-3', from: 'stopped', answers: false },
    ]);
    const files = (parts: readonly PartName[]) => infra.logs(parts).files.map((file) => readFileSync(file, 'utf8'));
    expect(files(['kafka'])).toEqual(['of 1', 'of 2', 'of 3']);
    expect(files(['kafka-2'])).toEqual(['of 2']);
  });

  test('has one of them ended, and then all', async () => {
    await here().stop(['kafka-1']);
    expect(brokers.slice(0, 2).map((each) => isRunning(each!))).toEqual([false, true]);
    expect(here().addresses.KAFKA_BROKERS).toBe('127.0.0.1:1,127.0.0.1:3,127.0.0.1:5');
    await here().stop();
    expect(isRunning(brokers[1]!)).toBe(false);
    expect(here().addresses).toEqual({});
    expect((await here().status()).map(({ name }) => name)).toContain('kafka-3');
  });

  test('is not taken for the one of another number, until it is cleaned', async () => {
    await expect(here().start(['kafka'], { brokers: 1 })).rejects.toThrow(
      /^--brokers 1: the data that are here were made with --brokers 3\. Leave it out .* --component kafka --clean"$/,
    );
    await expect(here().start(['kafka-4'])).rejects.toThrow('there is no kafka-4 here, of 3');
    await here().stop(['kafka'], { clean: true });
    expect(existsSync(join(folder, 'kafka-2'))).toBe(false);
    expect(await here().start(['kafka'], { brokers: 1 })).toHaveLength(1); // it is Java that is missing now
  });
});

describe('a process that has got the number of a component', () => {
  let stranger: ProcessId;
  beforeEach(() => {
    stranger = startDetached({ program: 'sleep', args: ['60'] }, folder, join(folder, 'log'));
    new State(folder).put('mysql', {
      from: 'process',
      ports: [20_001],
      runs: [{ ...stranger, since: 'another time' }],
    });
  });
  afterEach(() => end(stranger));

  test('is not taken for it, and is not ended', async () => {
    const infra = new Infra(folder, { env: {}, say: () => {}, machine: nothing });
    expect(infra.addresses).toEqual({});
    await infra.stop();
    expect(isRunning(stranger)).toBe(true);
  });
});
