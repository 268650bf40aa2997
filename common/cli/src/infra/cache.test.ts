import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cached, cacheFolder } from './cache';
import { sizeOf } from './maven';

const cache = mkdtempSync(join(tmpdir(), 'cache-'));
afterAll(() => rmSync(cache, { recursive: true }));
const write = (text: string) => async (folder: string) => writeFileSync(join(folder, 'file'), text);

test('two that fetch the same at once both get a whole one, and it is fetched no more', async () => {
  let met: (() => void) | undefined;
  const both = new Promise<void>((resolve) => (met = resolve));
  const slow = async (folder: string) => {
    await both;
    await write('slow')(folder);
  };
  const fast = async (folder: string) => {
    met!();
    await write('fast')(folder);
  };
  const [one, other] = await Promise.all([cached(cache, 'a', slow), cached(cache, 'a', fast)]);
  expect(one).toBe(other);
  expect(['slow', 'fast']).toContain(readFileSync(join(one, 'file'), 'utf8'));
  expect(readdirSync(cache)).toEqual(['a']);
  const refuse = () => Promise.reject(new Error('fetched again'));
  expect(await cached(cache, 'a', refuse)).toBe(one);
});

test('what was fetched in part is not taken for the whole', async () => {
  const broken = async (folder: string) => {
    await write('half')(folder);
    throw new Error('no network');
  };
  await expect(cached(cache, 'b', broken)).rejects.toThrow('no network');
  expect(readdirSync(cache)).not.toContain('b');
  expect(readFileSync(join(await cached(cache, 'b', write('whole')), 'file'), 'utf8')).toBe('whole');
});

test('the cache is the one of SAGA_KIT_CACHE', () => {
  expect(cacheFolder({ SAGA_KIT_CACHE: '/c' })).toBe('/c');
  expect(cacheFolder({})).toMatch(/\.cache\/saga-kit$/);
});

test.each([
  ['[INFO] Downloaded from central: https://repo/x/a-1.pom (512 B at 1.2 kB/s)', 0.512],
  ['[INFO] Downloaded from central: https://repo/x/a-1.jar (9.8 MB at 4.1 MB/s)', 9_800],
  ['[INFO] Downloading from central: https://repo/x/a-1.jar', undefined],
])('%s has brought %s kB', (line, kilobytes) => {
  expect(sizeOf(line)).toBe(kilobytes);
});
