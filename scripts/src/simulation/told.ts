import type { SimulatedSystem } from 'saga-kit/testing';
import type { Query } from '../trial/books';

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
