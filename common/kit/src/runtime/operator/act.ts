import type { HandlerContext } from '../handling/handler-context';
import { auditTable, type AuditRow } from '../ports/audit-table';

/** What an operator asks for. Without the version that he has seen, it is only said what would be done. */
export interface ActRequest {
  readonly who: string;
  readonly reason: string;
  readonly version?: string | undefined;
}

/** What has come of it. `moved`: it is not as it was seen any more. `refused`: it cannot be done, and why. */
export type ActResult =
  | { readonly outcome: 'would'; readonly does: string; readonly version: string }
  /** With a version: there is more to do, and who asks with it goes on. */
  | { readonly outcome: 'done'; readonly does: string; readonly version?: string }
  | { readonly outcome: 'moved' | 'refused' | 'unknown'; readonly detail: string };

/** What an act will do, or why it cannot be done. */
export type ActPlan =
  { readonly does: string; readonly act: (context: HandlerContext) => Promise<void> } | { readonly refused: string };

/** Something that operators act on, as it is now. */
export interface Subject {
  readonly name: string;
  readonly txId: string | null;
  readonly version: string;
  /** In a few words, for who has seen it otherwise. */
  readonly standing: string;
  readonly facts: AuditRow['before'];
}

/** Does what was planned if it still is what was seen, and notes who has done it. Without a version: says what it would do. */
export async function acted(
  context: HandlerContext,
  verb: string,
  subject: Subject,
  { who, reason, version }: ActRequest,
  plan: ActPlan,
  after: () => Promise<AuditRow['after']>,
): Promise<ActResult> {
  if (version !== undefined && version !== subject.version)
    return { outcome: 'moved', detail: `it has moved on meanwhile: ${subject.standing}. Look again before you act` };
  if ('refused' in plan) return { outcome: 'refused', detail: plan.refused };
  if (version === undefined) return { outcome: 'would', does: plan.does, version: subject.version };
  await plan.act(context);
  context.attempt.rows(auditTable).add({
    id: context.causationId,
    at: context.now(),
    who,
    verb,
    subject: subject.name,
    txId: subject.txId,
    reason,
    before: subject.facts,
    after: await after(),
  });
  return { outcome: 'done', does: plan.does };
}
