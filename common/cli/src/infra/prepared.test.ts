import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { preparedData } from './prepared';

const folder = mkdtempSync(join(tmpdir(), 'prepared-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('data that was made in part is made anew, and data that was made is kept', async () => {
  const half = async (data: string) => {
    writeFileSync(join(data, 'half'), '');
    throw new Error('Ctrl-C');
  };
  await expect(preparedData(folder, half)).rejects.toThrow('Ctrl-C');
  const whole = async (data: string) => writeFileSync(join(data, 'whole'), '');
  const data = await preparedData(folder, whole);
  expect(readdirSync(data)).toEqual(['whole']);
  expect(await preparedData(folder, half)).toBe(data);
});
