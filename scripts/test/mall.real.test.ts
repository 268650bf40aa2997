import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { given } from '../../common/kit/test/given';
import { Child } from '../../common/cli/src/command/child';
import { root } from '../src/root';
import { freePort } from '../src/trial/crash-trial';
import { expectMallPage, expectOrchestratedPage } from './mall-page';

given(
  'KAFKA_BROKERS',
  'SCHEMA_REGISTRY_URL',
  'MYSQL_URL',
)('on Kafka, a schema registry and MySQL', () => {
  const folder = mkdtempSync(join(tmpdir(), 'saga-kit-mall-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ['mall', expectMallPage],
    ['mall-orchestrated', expectOrchestratedPage],
  ])('%s answers every line of its page as it does without them', async (name, expectPage) => {
    const env = { PROFILE: 'kafka', PORT: `${await freePort()}`, HOST: '127.0.0.1', SAMPLE_DATA: '1' };
    const prefix = { MYSQL_DATABASE_PREFIX: `saga_page_${process.pid}_` };
    const mall = new Child({ file: join(root, 'scripts', 'run.mjs'), args: [name], env: { ...env, ...prefix } });
    await mall.start();
    try {
      await expectPage(mall.url, folder);
    } finally {
      await mall.stop();
    }
  });
});
