import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedSystem } from '../src/trial/embedded-system';
import { crashTrial, freePort } from '../src/trial/crash-trial';
import { testEndings } from './endings';

describe('the order system on one machine, with its sample data', () => {
  const folder = mkdtempSync(join(tmpdir(), 'saga-kit-endings-'));
  let system: EmbeddedSystem;
  beforeAll(async () => {
    system = new EmbeddedSystem(folder, await freePort());
    await system.start();
  }, 60_000);
  afterAll(async () => {
    await system.stop();
    rmSync(folder, { recursive: true });
  });

  testEndings(() => system.url);
});

test('killed with -9 twice while orders come in, and started again: every order ends as it must, and the books add up', async () => {
  const report = await crashTrial({ orders: 400, kills: 2, cancelPercent: 30, atOnce: 100, seed: 11, say: () => {} });
  expect(report.faults).toEqual([]);
  expect(report.kills).toHaveLength(2);
  expect(report.orders).toBeGreaterThanOrEqual(400);
}, 120_000);
