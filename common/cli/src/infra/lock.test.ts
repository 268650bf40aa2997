import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { alone } from './lock';
import { thisProcess } from './processes';

const folder = mkdtempSync(join(tmpdir(), 'lock-'));
const file = join(folder, 'lock');
afterAll(() => rmSync(folder, { recursive: true }));

test('two take turns in a folder, and leave it free', async () => {
  const log: string[] = [];
  const work = (name: string) =>
    alone(folder, async () => {
      log.push(`${name} begins`);
      for (let turn = 0; turn < 5; turn++) await setImmediate();
      log.push(`${name} ends`);
    });
  await Promise.all([work('a'), work('b')]);
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  expect(existsSync(file)).toBe(false);
});

test('work that fails leaves the folder free', async () => {
  await expect(alone(folder, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(existsSync(file)).toBe(false);
});

test('who has died holds nothing, though its number is in use again', async () => {
  writeFileSync(file, JSON.stringify({ ...thisProcess(), since: 'long ago' }));
  expect(await alone(folder, async () => 'done')).toBe('done');
});

test('who waits for another can be told to stop waiting', async () => {
  const stop = new AbortController();
  await alone(folder, async () => {
    const waiting = alone(folder, async () => 'never', stop.signal);
    stop.abort();
    await expect(waiting).rejects.toThrow('abort');
  });
});
