import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aShipping } from '../../test/a-shipping';
import { startEmbedded } from './embedded';
import type { ServiceLiteral } from './service-literal';
import { embeddedSettings, settingsFrom } from './settings';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'saga-kit-'))));
afterEach(() => rm(folder, { recursive: true }));

const start = (DATA_DIR = folder, literals: readonly ServiceLiteral[] = []) =>
  startEmbedded(literals, { ...settingsFrom(embeddedSettings, { PORT: '0' }), DATA_DIR }, (error) => {
    throw error;
  });

test('of two processes on one folder the second does not start, and reads nothing before the first has ended', async () => {
  const first = await start();
  await expect(start()).rejects.toThrow(
    `another process runs on the data folder ${folder}: stop it, or choose another folder with DATA_DIR`,
  );
  const waiting = start();
  await first.stop();
  await (await waiting).stop();
});

test('a folder that cannot be used is named, with the way out', async () => {
  const file = join(folder, 'a-file');
  await writeFile(file, '');
  await expect(start(file)).rejects.toThrow(
    /^the data folder .*a-file cannot be used \(.*\): choose another with DATA_DIR$/,
  );
});

test('a system that sends a command to nobody does not start', async () => {
  await expect(start(folder, [aShipping()])).rejects.toThrow(
    'SHIPPING sends Pack to shop, and no service listens to it',
  );
});
