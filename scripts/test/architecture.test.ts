import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const root = join(__dirname, '..', '..');
const { rings, ringRules } = jest.requireActual<{
  rings: readonly { name: string; files: string[]; allows: string[]; because: string }[];
  ringRules: { rules: Record<string, unknown> }[];
}>('../rings.cjs');
const cruiser = jest.requireActual<{
  forbidden: readonly { name: string; from: { path?: string; pathNot?: string } }[];
}>('../../.dependency-cruiser.cjs');
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], { cwd: root })
  .toString()
  .trim()
  .split('\n');

const eslint = new ESLint({
  cwd: root,
  overrideConfigFile: true,
  overrideConfig: [{ files: ['**/*.ts'], languageOptions: { parser: tseslint.parser } }, ...ringRules] as never,
});

describe.each(rings)('the ring of $name', ({ because }) => {
  const inside = async () => {
    for (const file of files) {
      const config = (await eslint.calculateConfigForFile(join(root, file))) as { rules?: Record<string, unknown> };
      if (JSON.stringify(config.rules?.['no-restricted-imports'] ?? '').includes(because.slice(0, 40))) return file;
    }
    return undefined;
  };

  test('has files, and an import that it does not allow is answered with the reason', async () => {
    const file = await inside();
    expect(file).toBeDefined();
    const planted = "import '../../../somewhere/else';";
    const [result] = await eslint.lintText(planted, { filePath: join(root, file!) });
    expect(result?.messages.map(({ message }) => message)).toEqual([expect.stringContaining(because)]);
  });
});

test.each(cruiser.forbidden)('the rule $name is about some file', ({ from }) => {
  const about = files.filter(
    (file) => new RegExp(from.path ?? '').test(file) && !(from.pathNot && new RegExp(from.pathNot).test(file)),
  );
  expect(about).not.toEqual([]);
});

test('every name that the package exports has one entry and a docstring', () => {
  const printed = execFileSync(process.execPath, [join(root, 'scripts', 'api.mjs'), '--json'], { encoding: 'utf8' });
  const names = JSON.parse(printed) as { readonly entry: string; readonly name: string; readonly does: string }[];
  expect(names.filter(({ does }) => does === '')).toEqual([]);
  expect(new Set(names.map(({ entry, name }) => `${entry} ${name}`)).size).toBe(names.length);
});
