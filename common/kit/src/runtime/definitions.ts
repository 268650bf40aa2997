import type { Saga } from '../saga';
import { Definition, misfit } from './definition';
import type { SagaLedger } from './store';

/**
 * The definitions of a service's sagas, able to read every open instance. Rejects where an open instance could not go on
 * with its saga as it is defined now.
 */
export async function definitionsOf(
  sagas: readonly Saga[],
  ledger: SagaLedger,
): Promise<ReadonlyMap<string, Definition>> {
  const definitions = new Map<string, Definition>();
  for (const saga of sagas) {
    const definition = new Definition(saga);
    const known = await ledger.definitions(saga.name);
    for (const row of known) definition.learn(row);
    for (const { version, step, count } of await ledger.open(saga.name)) {
      const older = known.find(({ id }) => id === `${saga.name}/${version}`);
      const why = older && misfit(older, definition.row, step);
      if (why)
        throw new Error(
          `saga ${saga.name} does not fit ${count} open instances: ${why}. Let them end with the program that began them`,
        );
    }
    await ledger.keepDefinition(definition.row);
    definitions.set(saga.name, definition);
  }
  return definitions;
}
