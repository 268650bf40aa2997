import { join } from 'node:path';

/** The checkout; as far from dist/ as from src/. */
export const root = join(__dirname, '..', '..');

/** How the command is run on the services of this repository, wherever somebody stands. */
export const sagaKit = {
  file: join(root, 'common', 'cli', 'dist', 'main.js'),
  args: (...args: readonly string[]): readonly string[] => ['--config', join(root, 'saga-kit.config.cjs'), ...args],
};
