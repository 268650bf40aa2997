// Compiles what has changed: with every type looked at, or only what is run, which needs nothing but the compiler.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

const base = 'tsconfig.base.json';

/** `projects` are folders in `root`, each with src/ and dist/. `checked` compiles with types. Ends the process when it cannot. */
export function compile(root, projects, { checked }) {
  const file = join(root, 'node_modules', '.cache', 'saga-kit', 'compiled.json');
  const last = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { checked: false, sources: {} };
  const sources = sourcesOf(root, projects);
  const differs = (source) => sources[source] !== last.sources[source];
  const isAnew = new Set(projects.filter((project) => differs(base) || differs(`${project}/tsconfig.json`)));
  const stale = Object.keys(sources).filter(
    (source) =>
      source.endsWith('.ts') &&
      (isAnew.has(source.slice(0, source.lastIndexOf('/src/'))) ||
        differs(source) ||
        !existsSync(join(root, outputOf(source)))),
  );
  if (stale.length === 0 && (last.checked || !checked)) return;
  if (checked) withTypes(root, projects);
  else withoutTypes(root, projects, stale);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ checked, sources: { ...last.sources, ...sources } })); // not all projects are in every run
}

function withTypes(root, projects) {
  console.error('Compiling; all of it takes about ten seconds.');
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-b', ...projects], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(1);
}

/** The very files that are made with types, but for declarations. */
function withoutTypes(root, projects, stale) {
  console.error(`Compiling ${stale.length} files, without looking at types.`);
  const ts = createRequire(import.meta.url)('typescript');
  const { compilerOptions } = ts.readConfigFile(join(root, base), ts.sys.readFile).config;
  // A project in which a file is made here is not what it was when its types were looked at.
  for (const project of projects)
    if (stale.some((source) => source.startsWith(`${project}/`)))
      rmSync(join(root, project, 'dist', '.tsbuildinfo'), { force: true });
  const faults = stale.flatMap((source) => emit(ts, compilerOptions, root, source));
  if (faults.length === 0) return;
  const host = { getCurrentDirectory: () => root, getCanonicalFileName: (name) => name, getNewLine: () => '\n' };
  console.error(ts.formatDiagnostics(faults, host));
  process.exit(1);
}

/** Says what is not TypeScript in it. */
function emit(ts, compilerOptions, root, source) {
  const text = readFileSync(join(root, source), 'utf8');
  const file = join(root, outputOf(source));
  const { options } = ts.convertCompilerOptionsFromJson(compilerOptions, root);
  const made = ts.transpileModule(text, {
    fileName: join(root, source),
    compilerOptions: options,
    reportDiagnostics: true,
  });
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, made.outputText);
  const map = { ...JSON.parse(made.sourceMapText), sources: [relative(dirname(file), join(root, source))] };
  writeFileSync(`${file}.map`, JSON.stringify(map));
  return made.diagnostics ?? [];
}

const outputOf = (source) => source.replace('/src/', '/dist/').replace(/\.ts$/, '.js');

/** By path, with what shows that a file has changed. */
function sourcesOf(root, projects) {
  const sources = {};
  const add = (path) => {
    const { mtimeMs, size } = statSync(join(root, path));
    sources[path] = `${mtimeMs} ${size}`;
  };
  add(base);
  for (const project of projects) {
    add(`${project}/tsconfig.json`);
    for (const file of readdirSync(join(root, project, 'src'), { recursive: true }).sort())
      if (file.endsWith('.ts') && !file.endsWith('.test.ts')) add(`${project}/src/${file}`);
  }
  return sources;
}
