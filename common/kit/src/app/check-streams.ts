import type { Aggregate } from '../aggregate';
import { aggregatesIn, tablesIn, type BoundProjection, type UnitOfWorkDefinition } from '../runtime';

/** Throws for aggregates and projections that would take each other's rows. */
export function checkStreams(
  definitions: readonly UnitOfWorkDefinition[],
  projections: readonly BoundProjection[],
): void {
  const known = new Map<string, Aggregate>();
  for (const { tables } of definitions)
    for (const each of aggregatesIn(tables)) {
      if ((known.get(each.name) ?? each) !== each)
        throw new Error(`two aggregates are called ${each.name}: they would share their streams, so rename one`);
      known.set(each.name, each);
    }
  const names = new Set<string>();
  for (const { projection, definition } of projections) {
    const { name } = projection;
    if (names.has(name)) throw new Error(`two projections are called ${name}: rename one`);
    names.add(name);
    checkOwnTables(name, definition, definitions);
  }
}

/** A rebuild deletes all that a projection's tables hold. */
function checkOwnTables(
  name: string,
  definition: UnitOfWorkDefinition,
  definitions: readonly UnitOfWorkDefinition[],
): void {
  if (aggregatesIn(definition.tables).length > 0)
    throw new Error(
      `the unit of work of the projection ${name} has an aggregate: give it tables of its own, and only these`,
    );
  const own = new Set(tablesIn(definition.tables).map((table) => table.name));
  const shared = definitions
    .filter((other) => other !== definition)
    .flatMap(({ tables }) => tablesIn(tables))
    .find((table) => own.has(table.name));
  if (shared)
    throw new Error(
      `the table ${shared.name} of the projection ${name} is in another unit of work too: a rebuild would delete what that has put there`,
    );
}
