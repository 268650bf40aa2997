import { join } from 'node:path';
import ts from 'typescript';

/** What the compiler has against a line; the first one is 0. */
export interface Found {
  readonly line: number;
  readonly text: string;
}

/**
 * Has snippets that begin with the same lines, and files of this folder, compiled at once as all tests are. Returns
 * what is wrong in each snippet, and then in each file.
 */
export function judge({
  head,
  snippets,
  files,
}: {
  readonly head: string;
  readonly snippets: readonly string[];
  readonly files: readonly string[];
}): readonly Found[][] {
  const made = new Map(snippets.map((code, index) => [join(__dirname, `snippet-${index}.ts`), head + code]));
  const { options } = ts.getParsedCommandLineOfConfigFile(tsconfig, { noUnusedLocals: false }, configHost)!;
  const host = ts.createCompilerHost(options);
  const roots = [...made.keys(), ...files.map((name) => join(__dirname, name))];
  const program = ts.createProgram(roots, options, {
    ...host,
    fileExists: (name) => made.has(name) || host.fileExists(name),
    getSourceFile: (name, target) => {
      const code = made.get(name);
      return code === undefined ? host.getSourceFile(name, target) : ts.createSourceFile(name, code, target);
    },
  });
  const headLines = head.split('\n').length - 1;
  return roots.map((name) => foundIn(program, name, made.has(name) ? headLines : 0));
}

function foundIn(program: ts.Program, name: string, headLines: number): Found[] {
  const source = program.getSourceFile(name)!;
  const diagnostics = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  return diagnostics.map(({ start, messageText }) => ({
    line: source.getLineAndCharacterOfPosition(start!).line - headLines,
    text: ts.flattenDiagnosticMessageText(messageText, '\n'),
  }));
}

const tsconfig = join(__dirname, '..', '..', '..', 'tsconfig.tests.json');
const configHost: ts.ParseConfigFileHost = {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
    throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
  },
};
