import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where fetched things are kept for every checkout of this user. */
export const cacheFolder = (env: NodeJS.ProcessEnv): string =>
  env['SAGA_KIT_CACHE'] ?? join(homedir(), '.cache', 'saga-kit');

/**
 * The folder `name` in `cache`, filled by `fill` if it is not there. It is filled beside and renamed: whoever finds it
 * finds all of it, however many fill it at once and whenever they are killed.
 */
export async function cached(cache: string, name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cache, name);
  if (await exists(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const beside = await mkdtemp(join(cache, `.${name}-`));
  try {
    await fill(beside);
    await rename(beside, folder).catch(async (error: unknown) => {
      if (!(await exists(folder))) throw error; // else somebody else was faster
    });
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
  return folder;
}

export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
