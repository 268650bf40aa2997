import type { Saga } from '../../saga';
import type { SagaDefinitionRow } from '../ports/saga-tables';
import type { SagaStore } from '../ports/store';
import { SagaDefinition, misfit } from './saga-definition';

/** Where open instances of a saga stand, and every definition that one may have been written with. */
export interface OpenInstances {
  readonly known: readonly SagaDefinitionRow[];
  readonly open: readonly { readonly version: string; readonly step: string; readonly count: number }[];
}

export const openInstances = async (saga: string, sagaStore: SagaStore): Promise<OpenInstances> => ({
  known: await sagaStore.definitions(saga),
  open: await sagaStore.open(saga),
});

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
    const { definition, faults } = fitted(saga, await openInstances(saga.name, sagaStore));
    if (faults[0] !== undefined) throw new Error(`${faults[0]}. Let them end with the program that began them`);
    await sagaStore.keepDefinition(definition.row);
    definitions.set(saga.name, definition);
  }
  return definitions;
}

/** Which open instances could not go on with a saga as it is defined now, and why; nothing is good. */
export const strandedBy = (saga: Saga, instances: OpenInstances): readonly string[] => fitted(saga, instances).faults;

function fitted(saga: Saga, { known, open }: OpenInstances) {
  const definition = new SagaDefinition(saga);
  for (const row of known) definition.learn(row);
  const faults = open.flatMap(({ version, step, count }) => {
    const older = known.find(({ id }) => id === `${saga.name}/${version}`);
    const why = older && misfit(older, definition.row, step);
    return why ? [`saga ${saga.name} does not fit ${count} open instances: ${why}`] : [];
  });
  return { definition, faults };
}
