import type { PendingCommand } from '../../saga-runner';
import type { HandlerContext } from '../handling/handler-context';
import { sagaTable, type SagaRow } from '../ports/saga-tables';

/** From when and until when an instance waits, and in which trace. */
export function waiting(
  context: HandlerContext,
  awaited: PendingCommand | undefined,
  attempts: number,
  before?: SagaRow,
): Pick<SagaRow, 'updatedAt' | 'dueAt' | 'traceparent'> {
  const updatedAt = movedAt(context, before);
  const waitMs = awaited?.waitMs(attempts);
  const dueAt = waitMs === undefined ? null : new Date(updatedAt.getTime() + waitMs);
  return { updatedAt, dueAt, traceparent: context.traceparent };
}

/** Later than it was before, so that who has seen it before has not seen it now, however fast operators are. */
const movedAt = (context: HandlerContext, before?: SagaRow): Date =>
  new Date(Math.max(context.runtime.clock.now().getTime(), (before?.updatedAt.getTime() ?? 0) + 1));

/** An operator has paused an instance: what comes for it waits. */
export class PausedSaga extends Error {
  override readonly name = 'PausedSaga';
  constructor(readonly saga: string) {
    super(`${saga} is paused: it goes on when it is resumed`);
  }
}

/** From now on it has no time, and its answers wait. */
export function pause(context: HandlerContext, row: SagaRow): void {
  context.attempt.rows(sagaTable).put({ ...row, paused: true, updatedAt: movedAt(context, row), dueAt: null });
}

/** It waits as if it had asked now; answers that were kept are handled soon. */
export function resume(context: HandlerContext, row: SagaRow, awaited: PendingCommand): void {
  context.attempt.rows(sagaTable).put({ ...row, paused: false, ...waiting(context, awaited, row.attempts, row) });
}
