import { rm } from 'node:fs/promises';
import { Infra } from './infra';

/** Waits until nobody is left who could write to it, then ends what was started in a folder, and removes the folder. */
async function watchdog(folder: string): Promise<void> {
  process.stdin.resume();
  await new Promise((resolve) => process.stdin.once('close', resolve));
  await new Infra(folder, { env: process.env, say: () => {} }).stop(undefined, { clean: true });
  await rm(folder, { recursive: true, force: true });
}

watchdog(process.argv[2]!).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
