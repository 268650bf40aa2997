import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../root';

const folder = mkdtempSync(join(tmpdir(), 'saga-kit-clock-'));
afterAll(() => rmSync(folder, { recursive: true }));
const dayMs = 86_400_000;

/** What a process prints whose clock is said to be so far ahead. */
function printed(aheadMs: string, program: string): unknown {
  const file = join(folder, 'ahead');
  writeFileSync(file, aheadMs);
  const required = join(root, 'scripts', 'dist', 'trial', 'chaos', 'skewed-date.js');
  const { stdout, stderr } = spawnSync(process.execPath, ['--require', required, '-p', `JSON.stringify(${program})`], {
    env: { CLOCK_AHEAD_MS_FILE: file },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

test.each([`${3 * dayMs}`, `${-3 * dayMs}`])('a process is %s ms ahead, however it asks for the time', (aheadMs) => {
  const times = printed(aheadMs, '[Date.now(), new Date().getTime(), Date.parse(Date())]') as number[];
  for (const time of times) expect(Math.abs(time - Date.now() - Number(aheadMs))).toBeLessThan(dayMs);
});

test('a time that is given stays as it is, and what counts milliseconds too', () => {
  const program =
    '[new Date(5).getTime(), new Date(5) instanceof Date, new Date(2020, 1).getMonth(), Date.UTC(1970, 0), performance.now()]';
  const [given, isDate, month, first, countedMs] = printed(`${3 * dayMs}`, program) as number[];
  expect([given, isDate, month, first]).toEqual([5, true, 1, 0]);
  expect(countedMs).toBeLessThan(dayMs);
});

test('while the file says nothing, the time is right', () => {
  const [time] = printed('', '[Date.now()]') as number[];
  expect(Math.abs(time! - Date.now())).toBeLessThan(dayMs);
});
