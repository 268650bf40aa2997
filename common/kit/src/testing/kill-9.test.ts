import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { systemClock } from '../app/system-environment';
import { EmbeddedBroker, EmbeddedRegistry, LogFile } from '../embedded';
import type { ConsumerRecord } from '../runtime';
import { openSqlite } from '../sql';
import { caseMs } from '../conformance/case';
import { counters, suiteMigrations } from '../conformance/things';
import { look } from '../conformance/transacting';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saga-kit-'));
});
afterEach(() => rm(folder, { recursive: true }));

test(
  'a database has everything that it answered for, and the instance lock is free, when its process was killed',
  async () => {
    const file = join(folder, 'service.db');
    const answered = await killedAfter(
      100,
      file,
      `
      const { openSqlite } = require('../sql');
      const { counters, suiteMigrations } = require('../conformance/things');
      const { inserts, outboxOf, together, upserts, Worker } = require('../conformance/transacting');
      run = async () => {
        const stores = await openSqlite({ file, migrations: suiteMigrations });
        await stores.instanceLocks.take('service-1', () => {});
        const worker = new Worker(await stores.database.open('service-1'));
        for (let number = 1; ; number++) {
          const written = [inserts(counters, { id: number, count: number }), upserts(counters, { id: 0, count: number })];
          await worker.transact(() => together(...written), outboxOf(number - 1, String(number)));
          gc(); // nobody refers to the instance lock, and it is held all the same
          answer(number);
        }
      };`,
      async () => {
        const stores = await openSqlite({ file, migrations: suiteMigrations });
        expect(await stores.instanceLocks.take('service-1', () => {})).toBeUndefined();
        await stores.database.close();
      },
    );
    const stores = await openSqlite({ file, migrations: suiteMigrations });
    const instanceLock = await stores.instanceLocks.take('service-1', () => {});
    expect(instanceLock).toBeDefined();
    const [producer] = await stores.outbox.all();
    const unsent = await stores.outbox.unsent(producer!.producer, 100_000);
    const count = unsent.length;
    expect(count).toBeGreaterThanOrEqual(answered); // the last one may have been committed and not answered
    expect(count).toBeLessThanOrEqual(answered + 1);
    const ids = Array.from({ length: count }, (_, index) => index + 1);
    expect(unsent.map(({ seq, value }) => [seq, String(value)])).toEqual(ids.map((id) => [id, String(id)]));
    const found = await look(stores, counters, [0, ...ids]);
    expect(found).toEqual([{ id: 0, count }, ...ids.map((id) => ({ id, count: id }))]);
    await instanceLock!.leave();
    await stores.database.close();
  },
  caseMs,
);

test(
  'an embedded broker has every record, commit and schema that it answered for when its process was killed',
  async () => {
    const file = join(folder, 'broker.db');
    const answered = await killedAfter(
      100,
      file,
      `
      const { EmbeddedBroker, EmbeddedRegistry, LogFile } = require('../embedded');
      const { systemClock } = require('../app/system-environment');
      run = async () => {
        const log = new LogFile(file, 1);
        const broker = new EmbeddedBroker(log, systemClock, { trims: false });
        const registry = new EmbeddedRegistry(log);
        const subscription = await broker.subscribe({ group: 'group', topics: ['topic'], receive() {}, reassigned() {} });
        for (let number = 1; ; number++) {
          await broker.publish([{ topic: 'topic', key: 'key', value: Buffer.from(String(number)) }]);
          await subscription.commit([{ topic: 'topic', partition: 0, offset: BigInt(number - 1) }]);
          await registry.register('subject-' + number, '"string"');
          answer(number);
        }
      };`,
    );
    const log = new LogFile(file, 1);
    const broker = new EmbeddedBroker(log, systemClock, { trims: false });
    const records = log.read('topic', 0, 0, 100_000);
    const count = records.length;
    expect(count).toBeGreaterThanOrEqual(answered);
    expect(count).toBeLessThanOrEqual(answered + 1);
    expect(records.map(valueOf)).toEqual(Array.from({ length: count }, (_, index) => [index, index + 1]));
    const [committed] = await broker.committed('group', ['topic']);
    expect(committed!.offset).toBeGreaterThanOrEqual(BigInt(answered - 1));
    const registry = new EmbeddedRegistry(log);
    expect(await registry.idOf(`subject-${answered}`, '"string"')).toBe(answered);
    await broker.close();
  },
  caseMs,
);

const valueOf = ({ offset, value }: ConsumerRecord): number[] => [Number(offset), Number(String(value))];

/**
 * Runs a program on the sources until it has answered so often, and then kills it in the middle of whatever it does.
 * Resolves with the last number that it answered with.
 */
async function killedAfter(
  answers: number,
  file: string,
  program: string,
  meanwhile?: () => Promise<void>,
): Promise<number> {
  const child = spawn(process.execPath, ['--expose-gc', '-e', prelude + program + '\nvoid run();', file], {
    cwd: __dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let last = 0;
  try {
    for await (const line of createInterface(child.stdout)) {
      last = Number(line);
      if (last === Math.ceil(answers / 2)) await meanwhile?.();
      if (last >= answers) child.kill('SIGKILL');
    }
  } finally {
    child.kill('SIGKILL');
  }
  expect(await ended).toEqual([null, 'SIGKILL']);
  return last;
}

/** What a process that runs the sources needs: `require` for TypeScript, and a way to tell what it has done. */
const prelude = `
  const { readFileSync, writeSync } = require('node:fs');
  const { transformSync } = require('@swc/core');
  const swc = { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } };
  require.extensions['.ts'] = (module, filename) =>
    module._compile(transformSync(readFileSync(filename, 'utf8'), { ...swc, filename }).code, filename);
  const file = process.argv[1];
  const answer = (number) => writeSync(1, number + '\\n');
  let run;
`;
