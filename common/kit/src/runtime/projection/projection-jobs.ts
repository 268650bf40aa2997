import type { RowId } from '../../ports';
import type { Projection } from '../../projection';
import { aggregateOf, recordedOf } from '../handling/streams';
import { repositories, type UnitOfWorkDefinition } from '../handling/handler-context';
import { projectionTable, type EventRow, type ProjectionRow } from '../ports/event-tables';
import type { Table } from '../ports/table';
import type { Attempt } from '../transaction/attempt';
import type { Batch } from '../transaction/batch';

/** A projection, and what its unit of work is made of. */
export interface BoundProjection {
  readonly projection: Projection;
  readonly definition: UnitOfWorkDefinition;
}

/** What became of a step; `stale`: somebody else has moved the projection. */
export type StepResult = 'done' | 'stale' | 'dropped' | { readonly error: unknown; readonly event?: EventRow };

/** Where a projection begins. */
export const beginningOf = (name: string): ProjectionRow => ({ id: name, position: 0, phase: 'running', rebuilds: 0 });

/** Applies events up to the first one that fails; those before it stand. */
export async function apply(
  batch: Batch,
  bound: BoundProjection,
  from: ProjectionRow,
  events: readonly EventRow[],
): Promise<StepResult> {
  let before = from;
  for (const event of events) {
    const after = { ...before, position: event.position };
    try {
      if (!(await moved(batch, before, after, (attempt) => applyOne(attempt, bound, event)))) return 'stale';
    } catch (error) {
      return { error, event };
    }
    before = after;
  }
  return 'done';
}

/** Deletes these rows, and begins again at the first event when there was none. */
export async function clear(
  batch: Batch,
  from: ProjectionRow,
  rows: readonly { readonly table: Table; readonly ids: readonly RowId[] }[],
): Promise<StepResult> {
  const isEmpty = rows.every(({ ids }) => ids.length === 0);
  const after: ProjectionRow = isEmpty ? { ...from, phase: 'running' } : from;
  const done = await moved(batch, from, after, async (attempt) => {
    for (const { table, ids } of rows) for (const id of ids) attempt.rows(table).delete(id);
  });
  return done ? 'done' : 'stale';
}

/** Deletes everything that the projection has made, from now on; it may go on being asked for meanwhile. */
export const beginAnew = (batch: Batch, name: string): Promise<StepResult> =>
  batch.attempt(async (attempt) => {
    const rows = attempt.rows(projectionTable);
    const { rebuilds } = (await rows.get(name)) ?? beginningOf(name);
    rows.put({ id: name, position: 0, phase: 'clearing', rebuilds: rebuilds + 1 });
    return 'done' as const;
  });

/** Does `work` and moves the projection, if it still is where it was. */
const moved = (
  batch: Batch,
  from: ProjectionRow,
  to: ProjectionRow,
  work: (attempt: Attempt) => Promise<void>,
): Promise<boolean> =>
  batch.attempt(async (attempt) => {
    const rows = attempt.rows(projectionTable);
    const now = (await rows.get(from.id)) ?? beginningOf(from.id);
    const { position, phase, rebuilds } = from;
    if (now.position !== position || now.phase !== phase || now.rebuilds !== rebuilds) return false;
    await work(attempt);
    rows.put(to);
    return true;
  });

async function applyOne(attempt: Attempt, { projection, definition }: BoundProjection, event: EventRow): Promise<void> {
  const handlers = projection.handlers[aggregateOf(event)];
  if (!handlers) return;
  const handler = Object.hasOwn(handlers, event.type) ? handlers[event.type] : undefined;
  if (!handler)
    throw new Error(`it has no handler for ${event.type} of ${aggregateOf(event)}: a newer program has appended it`);
  if (handler !== 'ignored') await handler(recordedOf(event), repositories(definition.tables, attempt));
}
