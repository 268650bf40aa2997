import { join } from 'node:path';

/** The checkout; as far from dist/ as from src/. */
export const root = join(__dirname, '..', '..', '..');
