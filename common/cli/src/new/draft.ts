import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Misconfigured } from '../command/command';

/** Files that are to be written and changed, before any of them is. Paths are relative to the folder. */
export class Draft {
  readonly texts = new Map<string, string>();
  private readonly created = new Set<string>();

  constructor(readonly folder: string) {}

  exists(path: string): boolean {
    return this.texts.has(path) || existsSync(join(this.folder, path));
  }

  read(path: string): string {
    return this.texts.get(path) ?? readFileSync(join(this.folder, path), 'utf8');
  }

  /** Throws when the file is there: nothing is overwritten. */
  create(path: string, text: string): void {
    if (this.exists(path)) throw new Misconfigured(`${path} is there already: remove it, or take another name`);
    this.created.add(path);
    this.texts.set(path, text);
  }

  createUnlessThere(path: string, text: string): void {
    if (!this.exists(path)) this.create(path, text);
  }

  /** `change` throws when the file is not as it has to be for that. */
  edit(path: string, change: (text: string) => string): void {
    try {
      this.texts.set(path, change(this.read(path)));
    } catch (error) {
      throw new Misconfigured(`${path}: ${(error as Error).message}`, { cause: error });
    }
  }

  /** The sources in a folder and below, tests not among them. */
  sources(folder: string): string[] {
    const isOurs = (path: string) => /\.ts$/.test(path) && !/\.test\.ts$|(^|\/)(dist|node_modules)\//.test(path);
    const there = existsSync(join(this.folder, folder))
      ? readdirSync(join(this.folder, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path))
      : [];
    const drafted = [...this.created].filter((path) => path.startsWith(`${folder}/`));
    return [...new Set([...there, ...drafted])].filter(isOurs).sort();
  }

  /** Which files are written, or would be. */
  get paths(): { readonly created: readonly string[]; readonly changed: readonly string[] } {
    const changed = [...this.texts.keys()].filter((path) => !this.created.has(path));
    return { created: [...this.created].sort(), changed: changed.sort() };
  }

  write(texts: ReadonlyMap<string, string> = this.texts): void {
    for (const [path, text] of texts) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), text);
    }
  }
}
