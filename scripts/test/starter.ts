import { execFile } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../src/root';
import type { Ran } from '../../common/cli/test/run-command';

/** A checkout of one file, started as the real one is, with an npm that notes what it is asked for. */
export class Checkout {
  readonly folder = mkdtempSync(join(tmpdir(), 'saga-kit-starter-'));
  private readonly asked = join(this.folder, 'asked');

  constructor() {
    for (const file of ['run.mjs', 'compile.mjs', 'current-node.mjs'])
      copyFileSync(join(root, 'scripts', file), this.path('scripts', file));
    copyFileSync(join(root, 'tsconfig.base.json'), this.path('tsconfig.base.json'));
    const config = { rootDir: 'src', outDir: 'dist', tsBuildInfoFile: 'dist/.tsbuildinfo' };
    for (const [project, up] of [
      ['scripts', '..'],
      ['common/cli', '../..'],
    ])
      this.write(
        `${project}/tsconfig.json`,
        JSON.stringify({ extends: `${up}/tsconfig.base.json`, compilerOptions: config, include: ['src'] }),
      );
    this.write('scripts/src/nothing.ts', 'export {};');
    this.write('package.json', JSON.stringify({ workspaces: ['common/cli'], engines: { node: '>=22.15' } }));
    this.lock({ runs: '1', tool: '1' });
    this.source("console.log('started')");
    for (const name of ['typescript', '@types'])
      symlinkSync(join(root, 'node_modules', name), this.path('node_modules', name));
    this.npm();
  }

  path(...parts: readonly string[]): string {
    const path = join(this.folder, ...parts);
    mkdirSync(dirname(path), { recursive: true });
    return path;
  }

  write(file: string, text: string): void {
    writeFileSync(this.path(file), text);
  }

  read(file: string): string {
    return readFileSync(this.path(file), 'utf8');
  }

  source(text: string): void {
    this.write('common/cli/src/main.ts', text);
  }

  /** What has to be there: something that runs, and a tool. */
  lock({ runs, tool }: { readonly runs: string; readonly tool: string }): void {
    const packages = { 'node_modules/runs': { version: runs }, 'node_modules/tool': { version: tool, dev: true } };
    this.write('package-lock.json', JSON.stringify({ packages }));
  }

  /** An npm that does this; without it, what npm leaves behind. */
  npm(does = ''): void {
    const install = `
const { packages } = JSON.parse(fs.readFileSync('package-lock.json', 'utf8'));
if (process.argv.includes('--omit=dev')) delete packages['node_modules/tool'];
fs.writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages }));`;
    const note = `fs.appendFileSync(${JSON.stringify(this.asked)}, process.argv.slice(2).join(' ') + '\\n');`;
    this.write('bin/npm', `#!${process.execPath}\nconst fs = require('fs');\n${note}\n${does || install}\n`);
    chmodSync(this.path('bin/npm'), 0o755);
  }

  /** What npm has been asked for since this was last asked. */
  npmWasAsked(): readonly string[] {
    writeFileSync(this.asked, '', { flag: 'a' });
    const asked = readFileSync(this.asked, 'utf8').split('\n').slice(0, -1);
    rmSync(this.asked);
    return asked;
  }

  run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
    const { SAGA_KIT_NODE: _, ...rest } = process.env;
    const PATH = `${this.path('bin')}:${process.env['PATH']}`;
    const file = this.path('scripts', 'run.mjs');
    const options = { env: { ...rest, PATH, SAGA_KIT_CACHE: this.path('cache'), ...env } };
    return new Promise((resolve) =>
      execFile(process.execPath, [file, ...args], options, (error, said, hinted) =>
        resolve({ code: error ? Number(error.code) : 0, said, hinted }),
      ),
    );
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
