import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Config } from '@saga-kit/cli';
import type { SimulatedSystem } from 'saga-kit/testing';
import type { Query } from '../trial/books';
import { root } from '../root';

/** The services of an example. */
export function servicesIn(example: string): Config['services'] {
  const file = join(root, 'examples', 'mall', example, 'saga-kit.config.cjs');
  const config: Config = createRequire(__filename)(file);
  return config.services;
}

/** Reads the databases of a simulated system. */
export const queryOf =
  (system: SimulatedSystem): Query =>
  async <Row>(service: string, sql: string) => [...(await system.query<Row>(service, sql))];

/** What the customers of each system were told, as long as the system is there. */
export class Told<T> {
  private readonly bySystem = new WeakMap<SimulatedSystem, T[]>();

  of(system: SimulatedSystem): T[] {
    let told = this.bySystem.get(system);
    if (!told) this.bySystem.set(system, (told = []));
    return told;
  }
}
