import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from '../../common/cli/src/command/child';
import { root } from '../src/root';
import { expectMallPage } from './mall-page';

const folder = mkdtempSync(join(tmpdir(), 'saga-kit-mall-'));
const mall = new Child({
  file: join(root, 'scripts', 'run.mjs'),
  args: ['mall'],
  env: { PORT: '0', HOST: '127.0.0.1', PROFILE: 'embedded', SAMPLE_DATA: '1', DATA_DIR: join(folder, 'data') },
});
beforeAll(() => mall.start());
afterAll(async () => {
  await mall.stop();
  rmSync(folder, { recursive: true });
});

test('what the page of the mall types into a shell is answered as it says, from the first line to the last', () =>
  expectMallPage(mall.url, folder));

test('a start of the mall says what to do next', () => {
  expect(mall.log).toContain('mall-order, mall-product, mall-delivery are ready');
  expect(mall.log).toMatch(/^ {2}curl -i \S+\/orders /m);
});
