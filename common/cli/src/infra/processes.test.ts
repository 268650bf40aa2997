import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { end, isRunning, signal, startDetached, thisProcess, type ProcessId } from './processes';

const folder = mkdtempSync(join(tmpdir(), 'processes-'));
const log = join(folder, 'log');
const started: ProcessId[] = [];
afterAll(async () => {
  for (const each of started) await end(each, { kill: true });
  rmSync(folder, { recursive: true });
});

/** A program, once it has said that it is there. */
async function aProgram(code: string): Promise<ProcessId> {
  rmSync(log, { force: true });
  const args = ['-e', `${code}; setInterval(() => {}, 1_000); console.log('there');`];
  const it = startDetached({ program: process.execPath, args }, folder, log);
  started.push(it);
  for (const until = Date.now() + 30_000; Date.now() < until; await setTimeout(10))
    if (readFileSync(log, 'utf8').includes('there')) return it;
  throw new Error('it is not there');
}

test('a process is asked to end, and may take its leave', async () => {
  const it = await aProgram(`process.on('SIGTERM', () => { console.log('bye'); process.exit(); })`);
  expect(isRunning(it)).toBe(true);
  await end(it);
  expect(isRunning(it)).toBe(false);
  expect(readFileSync(log, 'utf8')).toContain('bye');
});

test('a process that does not end when asked is killed', async () => {
  const it = await aProgram(`process.on('SIGTERM', () => {})`);
  await end(it, { patienceMs: 200 });
  expect(isRunning(it)).toBe(false);
});

test('a process that stands still is asked to end as well, and may take its leave', async () => {
  const it = await aProgram(`process.on('SIGTERM', () => { console.log('bye'); process.exit(); })`);
  await signal(it, 'SIGSTOP');
  await end(it);
  expect(readFileSync(log, 'utf8')).toContain('bye');
});

test('a process that is killed is gone then', async () => {
  const it = await aProgram('');
  await signal(it, 'SIGKILL');
  expect(isRunning(it)).toBe(false);
});

test('a process that has got the number of one that is gone is left alone', async () => {
  const it = await aProgram('');
  const gone = { ...it, since: thisProcess().since };
  expect(isRunning(gone)).toBe(false);
  await end(gone, { patienceMs: 100 });
  expect(isRunning(it)).toBe(true);
});

test('a program that cannot be started says so', () => {
  expect(() => startDetached({ program: '/no/such/program', args: [] }, folder, log)).toThrow('/no/such/program');
});
