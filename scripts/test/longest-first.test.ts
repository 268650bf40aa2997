import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Test {
  readonly path: string;
}
const LongestFirst =
  jest.requireActual<new () => { sort(tests: readonly object[]): Test[]; time(test: Test): number | undefined }>(
    '../longest-first.cjs',
  );

const folder = mkdtempSync(join(tmpdir(), 'saga-kit-longest-first-'));
afterAll(() => rmSync(folder, { recursive: true }));

const context = {
  config: { id: 'a-project', name: 'a-project', rootDir: folder, cacheDirectory: folder },
  hasteFS: { getSize: () => 1_000 },
};
const aTest = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return { path, context };
};
const tests = () => [
  aTest('short.test.ts', "test('it is done', () => {});\n"),
  aTest('may-take-long.test.ts', "test('it is done', () => {\n}, 120_000);\n"),
  aTest('waits.real.test.ts', "test('it is done', () => {});\n"),
  aTest(
    'waits-for-long.real.test.ts',
    "  beforeAll(() => {\n  }, 120_000);\n  test('it is done', () => {\n  }, 300_000);\n",
  ),
];
const namesOf = (sorted: readonly Test[]) => sorted.map(({ path }) => path.slice(folder.length + 1));

test('what may take longest begins first where no test has ever run; and where they have, what took longest', () => {
  expect(namesOf(new LongestFirst().sort(tests()))).toEqual([
    'waits-for-long.real.test.ts',
    'may-take-long.test.ts',
    'waits.real.test.ts',
    'short.test.ts',
  ]);
  class Known extends LongestFirst {
    override time = ({ path }: Test) => 10 - tests().findIndex((test) => test.path === path);
  }
  expect(namesOf(new Known().sort(tests()))).toEqual(namesOf(tests()));
});
