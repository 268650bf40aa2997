// Lists what the package exports: each name with its entry and the first sentence of its docstring. Ends with 1 when one
// has none, or is in two entries.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const help = `Lists every exported name of the package saga-kit, with its entry and what it is.

  npm run api [-- --json]

Ends with 0; with 1 when a name has no docstring, or two entries; with 2 when it was called in another way.`;

const args = process.argv.slice(2);
if (args.includes('--help')) {
  console.log(help);
  process.exit(0);
}
if (args.some((arg) => arg !== '--json')) {
  console.error(help);
  process.exit(2);
}

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const kit = join(root, 'common', 'kit');
const { exports } = JSON.parse(readFileSync(join(kit, 'package.json'), 'utf8'));
const entries = Object.entries(exports)
  .filter(([, target]) => typeof target === 'object')
  .map(([entry, target]) => ({ entry: join('saga-kit', entry), file: join(kit, target['@saga-kit/source']) }));

const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
const program = ts.createProgram(
  entries.map(({ file }) => file),
  { ...options, noEmit: true },
);
const checker = program.getTypeChecker();

const names = entries.flatMap(({ entry, file }) =>
  checker
    .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)))
    .map((exported) => {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const doc = ts.displayPartsToString(symbol.getDocumentationComment(checker)).replace(/\s+/g, ' ').trim();
      const [, other] =
        /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(symbol.declarations?.[0]?.getSourceFile().fileName ?? '') ?? [];
      const does = other ? `Of the package ${other}.` : (/^.*?[.:](?= |$)/.exec(doc)?.[0] ?? doc);
      return { entry, name: exported.name, does };
    })
    .sort((one, other) => one.name.localeCompare(other.name)),
);

const faults = names.flatMap(({ entry, name, does }) => {
  const twin = names.find((each) => each.name === name && each.entry !== entry);
  return [
    ...(does === '' ? [`${entry}: ${name} has no docstring`] : []),
    ...(twin ? [`${entry}: ${name} is in ${twin.entry} too`] : []),
  ];
});

if (args.includes('--json')) {
  console.log(JSON.stringify(names));
} else {
  const width = Math.max(...names.map(({ name }) => name.length));
  for (const { entry } of entries) {
    const own = names.filter((each) => each.entry === entry);
    console.log(`${entry} (${own.length})`);
    for (const { name, does } of own) console.log(`  ${name.padEnd(width)}  ${does}`);
  }
  console.log(`${names.length} names`);
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
