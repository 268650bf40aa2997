import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Config } from '@saga-kit/cli';
import { root } from '../root';

/** The services of an example, as its saga-kit.config.cjs has them. */
export const servicesOf = (example: string): Config['services'] =>
  (createRequire(__filename)(join(root, 'examples', example, 'saga-kit.config.cjs')) as Config).services;
