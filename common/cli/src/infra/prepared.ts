import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from './cache';

/** The folder `data` in `folder`, made by `make` if it is not there; half of it is never taken for the whole. */
export async function preparedData(folder: string, make: (data: string) => Promise<void>): Promise<string> {
  const data = join(folder, 'data');
  if (await exists(data)) return data;
  const beside = join(folder, 'data.new');
  await rm(beside, { recursive: true, force: true });
  await mkdir(beside, { recursive: true });
  await make(beside);
  await rename(beside, data);
  return data;
}
