import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { aShipping } from '../../test/a-shipping';
import { tellers } from '../../test/a-teller';
import { startEmbedded } from './embedded';
import type { ServiceLiteral } from './service-literal';
import { embeddedSettings, settingsFrom } from './settings';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'saga-kit-'))));
afterEach(() => rm(folder, { recursive: true }));

const start = (DATA_DIR = folder, literals: readonly ServiceLiteral[] = [], env: NodeJS.ProcessEnv = {}) =>
  startEmbedded(literals, { ...settingsFrom(embeddedSettings, { PORT: '0', ...env }), DATA_DIR }, (error) => {
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

test.each([
  ['1', ['ce_specversion', 'ce_source', 'content-type', 'ce_id', 'ce_type', 'ce_time']],
  ['0', []],
])('with CLOUDEVENTS=%s a record has the headers %j', async (CLOUDEVENTS, expected) => {
  const { First, TellWork, teller } = tellers();
  const system = await start(
    folder,
    [teller('speaker', [], {}), teller('listener', [First], { First: async () => [] })],
    {
      CLOUDEVENTS,
    },
  );
  const work = system.services[0]!.container.get(TellWork);
  await work.run(async ({ outbox }) => void outbox.add({ target: 'TALE', txId: 'a' }, First.of({ text: '', hops: 0 })));
  const log = new BetterSqlite3(join(folder, 'broker.db'), { readonly: true });
  const sent = log.prepare<[], { headers: string }>('select headers from records');
  while (!sent.get()) await setImmediate();
  const headers = JSON.parse(sent.get()!.headers) as [string, string][];
  log.close();
  await system.stop();
  expect(headers.map(([name]) => name)).toEqual(expected);
});
