import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from '../../common/cli/src/command/child';
import { root } from '../src/root';
import { pageOf, patternOf, typedIn } from './pages';

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

const typed = typedIn(pageOf('docs/mall-choreography.md'));
/** Between what one block and the next one print. */
const fence = '\n--- the next block ---\n';

test('what the page of the mall types into a shell is answered as it says, from the first line to the last', () => {
  expect(typed.length).toBeGreaterThan(5);
  const lines = typed.map(({ text }) => text.replaceAll('localhost:3000', new URL(mall.url).host));
  const said = execFileSync('bash', ['-c', lines.join(`printf '${fence.replaceAll('\n', '\\n')}'\n`)], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).split(fence);
  expect(said).toHaveLength(typed.length);
  typed.forEach(({ answer }, index) => expect(said[index]!.trim()).toMatch(patternOf(answer)));
});

test('a start of the mall says what to do next', () => {
  expect(mall.log).toContain('mall-order, mall-product, mall-delivery are ready');
  expect(mall.log).toMatch(/^ {2}curl -i \S+\/orders /m);
});
