import { transacted, type UnitOfWorkRuntime } from '../handling/units-of-work';
import { auditTable } from '../ports/audit-table';
import {
  daysOf,
  ofEachKind,
  retainedKinds,
  type OfEachKind,
  type RetainedKind,
  type RetentionDays,
  type RetentionStore,
} from '../ports/retention-store';
import { horizonNames } from '../retention/check-horizons';
import { cutoffs } from '../retention/purge-round';
import { tableOf, type Purger } from '../retention/purger';
import { acted, type ActPlan, type ActRequest, type ActResult } from './act';
import { amountsText, tokenOf, tokenFrom, type PurgeToken } from './purge-token';

/** What a service keeps of a kind, and for how long. */
export interface RetentionView {
  readonly kind: RetainedKind;
  readonly table: string;
  readonly setting: string;
  /** Null: for good. */
  readonly days: number | null;
  /** Of sagas, those that have ended. */
  readonly rows: number;
  readonly oldest: string | null;
  /** What is from then or earlier is old enough. */
  readonly purgedBefore: string | null;
  /** So many are old enough, some of which may be kept for another reason. */
  readonly old: number;
  readonly purged: { readonly rows: number; readonly at: string | null };
}

/** What a service keeps, and since when it remembers all that it has handled. */
export interface RetentionDetails {
  readonly kinds: readonly RetentionView[];
  /** Null: nothing was forgotten yet. */
  readonly remembersSince: string | null;
}

/** Shows what a service keeps, and purges what is old enough without waiting for its turn. */
export class RetentionOperator {
  constructor(
    private readonly calls: UnitOfWorkRuntime,
    private readonly store: RetentionStore,
    private readonly days: RetentionDays,
    private readonly purger: Purger,
  ) {}

  async list(): Promise<RetentionDetails> {
    const { clock, memory } = this.calls.runtime;
    const before = cutoffs(this.days, clock.atLeast());
    const [rows, old, oldest, purges] = [
      await this.store.count(),
      await this.store.countOld(before),
      await this.store.oldest(),
      await this.store.purges(),
    ];
    const kinds = retainedKinds.map((kind): RetentionView => {
      const days = daysOf(this.days, kind);
      return {
        kind,
        table: tableOf[kind],
        setting: horizonNames[kind === 'history' ? 'sagas' : kind],
        days: days > 0 ? days : null,
        rows: rows[kind],
        oldest: isoOf(oldest[kind]),
        purgedBefore: days > 0 ? before[kind].toISOString() : null,
        old: old[kind],
        purged: { rows: purges[kind].rows, at: isoOf(purges[kind].at) },
      };
    });
    return { kinds, remembersSince: isoOf(memory.since(clock.atLeast())) };
  }

  /**
   * Purges what was old enough when it was described, for some seconds; with a version in the answer there is more to do, and
   * who asks with that goes on where it was. One row of the audit counts all of it, also when it is broken off.
   */
  async purge(request: ActRequest): Promise<ActResult> {
    const now = this.calls.runtime.clock.atLeast();
    const seen = tokenFrom(request.version, this.days);
    const token = seen && seen.nowMs <= now.getTime() ? seen : { nowMs: now.getTime() };
    const isDescribed = request.version === undefined;
    const obstacle = (await this.purger.fault()) ?? (isDescribed ? undefined : await this.purger.obstacle());
    if (obstacle !== undefined) return { outcome: 'refused', detail: obstacle };
    const begun = token.act ?? (await this.begin(request, token));
    if (typeof begun !== 'string') return begun;
    if (token.act && !(await this.note(token.act, none)))
      return { outcome: 'unknown', detail: 'nobody has begun this purge' };
    const { gone, position } = await this.purger.portion(new Date(token.nowMs), token.position);
    const total = await this.note(begun, gone);
    const more = position && { version: tokenOf(this.days, { ...token, act: begun, position }) };
    return { outcome: 'done', does: `has purged ${amountsText(total ?? gone)}`, ...more };
  }

  /** Resolves with the id of its note, or with what there is to be said instead. */
  private async begin(request: ActRequest, token: PurgeToken): Promise<string | ActResult> {
    const before = await this.store.countOld(cutoffs(this.days, new Date(token.nowMs)));
    const plan: ActPlan = { does: `purges up to ${amountsText(before)}, step by step`, act: async () => {} };
    return transacted(this.calls, async (context): Promise<string | ActResult> => {
      const version = tokenOf(this.days, token);
      const standing = 'what is old enough has to be counted anew';
      const subject = { name: 'what is kept', txId: null, version, standing, facts: { ...before } };
      const result = await acted(context, 'purge', subject, request, plan, async () => ({ ...none }));
      return result.outcome === 'done' ? context.causationId : result;
    });
  }

  private note(id: string, gone: OfEachKind<number>): Promise<OfEachKind<number> | undefined> {
    return transacted(this.calls, async (context) => {
      const rows = context.attempt.rows(auditTable);
      const row = await rows.get(id);
      if (row?.verb !== 'purge') return undefined;
      const total = ofEachKind((kind) => Number(row.after?.[kind] ?? 0) + gone[kind]);
      rows.put({ ...row, after: total });
      return total;
    });
  }
}

const none = ofEachKind(() => 0);
const isoOf = (at: Date | undefined): string | null => at?.toISOString() ?? null;
