import {
  daysOf,
  ofEachKind,
  retainedKinds,
  type OfEachKind,
  type OldRow,
  type RetainedKind,
  type RetentionDays,
  type RetentionStore,
} from '../ports/retention-store';

const dayMs = 86_400_000;
/** What one step looks at; it is one short transaction. What came late for a saga goes with it. */
const rowsMax = 500;
const sagasMax = 100;

/** Where a round has come to: how far it has looked through the rows of a kind. */
export interface RoundPosition {
  readonly kind: RetainedKind;
  readonly after?: OldRow | undefined;
}

/** From when and before what is of each kind is old enough at `now`; of what is kept for good, nothing is. */
export function cutoffs(days: RetentionDays, now: Date): OfEachKind<Date> {
  return ofEachKind((kind) => new Date(daysOf(days, kind) > 0 ? now.getTime() - daysOf(days, kind) * dayMs : firstMs));
}
/** Nothing is older. */
const firstMs = 0;

/** Goes through everything that is old enough, kind by kind and step by step; what is kept for a reason of its own is gone past. */
export class PurgeRound {
  private readonly before: OfEachKind<Date>;
  private readonly kinds: readonly RetainedKind[];

  constructor(
    private readonly store: RetentionStore,
    days: RetentionDays,
    /** By which the horizons are measured. */
    private readonly now: Date,
    private at: RoundPosition | undefined = undefined,
  ) {
    this.before = cutoffs(days, now);
    this.kinds = retainedKinds.filter((kind) => daysOf(days, kind) > 0);
    const [first] = this.kinds;
    if (!at && first) this.at = { kind: first };
  }

  /** Where the next step goes on; `undefined`: everything is done. */
  get position(): RoundPosition | undefined {
    return this.at;
  }

  /** One short transaction. Resolves with what has gone. */
  async step(): Promise<Partial<OfEachKind<number>>> {
    if (!this.at) return {};
    const { kind, after } = this.at;
    const request = { before: this.before[kind], limit: kind === 'sagas' ? sagasMax : rowsMax, now: this.now, after };
    if (kind === 'sagas') {
      const gone = await this.store.sagas(request);
      this.goOn(kind, gone.sagas > 0 ? {} : undefined);
      return gone;
    }
    const step = await this.store[kind](request);
    this.goOn(kind, step.after && { after: step.after });
    return { [kind]: step.purged };
  }

  private goOn(kind: RetainedKind, more: { readonly after?: OldRow } | undefined): void {
    const next = this.kinds[this.kinds.indexOf(kind) + 1];
    this.at = more ? { kind, ...more } : next && { kind: next };
  }
}
