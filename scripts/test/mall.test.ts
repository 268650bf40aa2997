import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from '../../common/cli/src/command/child';
import { root } from '../src/root';
import { expectMallPage, expectOrchestratedPage } from './mall-page';

const folder = mkdtempSync(join(tmpdir(), 'saga-kit-mall-'));
const embedded = (name: string) =>
  new Child({
    file: join(root, 'scripts', 'run.mjs'),
    args: [name],
    env: { PORT: '0', HOST: '127.0.0.1', PROFILE: 'embedded', SAMPLE_DATA: '1', DATA_DIR: join(folder, name) },
  });
const mall = embedded('mall');
const orchestrated = embedded('mall-orchestrated');
beforeAll(async () => {
  for (const each of [mall, orchestrated]) await each.start();
});
afterAll(async () => {
  for (const each of [mall, orchestrated]) await each.stop();
  rmSync(folder, { recursive: true });
});

test('what the page of the mall types into a shell is answered as it says, from the first line to the last', () =>
  expectMallPage(mall.url, folder));

test('so is what the page of the orchestrated mall types', () => expectOrchestratedPage(orchestrated.url, folder));

test('a start of the mall says what to do next', () => {
  expect(mall.log).toContain('mall-order, mall-product, mall-delivery are ready');
  expect(mall.log).toMatch(/^ {2}curl -i \S+\/orders /m);
  expect(orchestrated.log).toMatch(/^ {2}curl \S+\/products /m);
});
