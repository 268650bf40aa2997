import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Config } from '@saga-kit/cli';
import { root } from './root';

const config: Config = createRequire(__filename)(join(root, 'saga-kit.config.cjs'));

/** The services of the order system, as saga-kit.config.cjs has them. */
export const { services } = config;
