import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Config } from '@saga-kit/cli';
import { root } from './root';

/** The services of the system in a folder, as its saga-kit.config.cjs has them. */
const servicesIn = (folder: string): Config['services'] =>
  (createRequire(__filename)(join(folder, 'saga-kit.config.cjs')) as Config).services;

/** Those of the order system. */
export const services = servicesIn(root);

/** Those of an example of the mall. */
export const mallServices = (name: 'choreography' | 'orchestration'): Config['services'] =>
  servicesIn(join(root, 'examples', 'mall', name));
