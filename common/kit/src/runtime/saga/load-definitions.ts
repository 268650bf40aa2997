import type { Saga } from '../../saga';
import { SagaDefinition, misfit } from './saga-definition';
import type { SagaStore } from '../ports/store';

/**
 * The definitions of a service's sagas, able to read every open instance. Rejects where an open instance could not go on
 * with its saga as it is defined now.
 */
export async function loadDefinitions(
  sagas: readonly Saga[],
  sagaStore: SagaStore,
): Promise<ReadonlyMap<string, SagaDefinition>> {
  const definitions = new Map<string, SagaDefinition>();
  for (const saga of sagas) {
    const definition = new SagaDefinition(saga);
    const known = await sagaStore.definitions(saga.name);
    for (const row of known) definition.learn(row);
    for (const { version, step, count } of await sagaStore.open(saga.name)) {
      const older = known.find(({ id }) => id === `${saga.name}/${version}`);
      const why = older && misfit(older, definition.row, step);
      if (why)
        throw new Error(
          `saga ${saga.name} does not fit ${count} open instances: ${why}. Let them end with the program that began them`,
        );
    }
    await sagaStore.keepDefinition(definition.row);
    definitions.set(saga.name, definition);
  }
  return definitions;
}
