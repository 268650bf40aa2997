import { createRequire } from 'node:module';
import { join } from 'node:path';

/** What there is of prettier. */
interface Prettier {
  resolveConfig(file: string): Promise<object | null>;
  format(text: string, options: object): Promise<string>;
}

/** The same texts as the project's own formatter has them; as they are, where there is none. */
export async function formatted(
  texts: ReadonlyMap<string, string>,
  folder: string,
): Promise<ReadonlyMap<string, string>> {
  const prettier = prettierOf(folder);
  if (!prettier) return texts;
  const format = async ([path, text]: readonly [string, string]) => {
    const filepath = join(folder, path);
    const options = { ...(await prettier.resolveConfig(filepath)), filepath };
    return [path, await prettier.format(text, options)] as const;
  };
  return new Map(await Promise.all([...texts].map(format)));
}

function prettierOf(folder: string): Prettier | undefined {
  try {
    return createRequire(join(folder, 'package.json'))('prettier');
  } catch {
    return undefined; // not every project has one
  }
}
