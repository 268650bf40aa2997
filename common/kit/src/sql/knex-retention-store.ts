import type { Knex } from 'knex';
import {
  endedStatuses,
  ofEachKind,
  openStatuses,
  slotOf,
  type OfEachKind,
  type OldRow,
  type PurgeRequest,
  type Purges,
  type PurgeStep,
  type RetainedKind,
  type RetentionStore,
} from '../runtime';
import { historiesOf, sagaIdIn } from './knex-history';
import { firstBySlot, firstOf, upTo } from './knex-items';
import type { SqlAccess } from './sql-reader';

interface Stored {
  readonly id: string;
  readonly at: number;
}
interface StoredPurges {
  readonly id: RetainedKind;
  readonly cutoff: number | null;
  readonly at: number | null;
  readonly purged_rows: number;
}
/** Where each kind is, and the column by which it is old enough: a row may come again after it was written. */
const places = {
  sagas: { table: 'kit_sagas', aged: 'updated_at' },
  history: { table: 'kit_history', aged: 'last_at' },
  inbox: { table: 'kit_inbox', aged: 'at' },
  parked: { table: 'kit_parked', aged: 'last_at' },
} as const satisfies OfEachKind<object>;
type ByAge = Exclude<RetainedKind, 'sagas'>;

export class KnexRetentionStore implements RetentionStore {
  constructor(private readonly access: SqlAccess) {}

  async inbox(request: PurgeRequest): Promise<PurgeStep> {
    const rows = await this.old<Stored & { outcome: string }>('inbox', ['outcome'], request);
    const sagas: string[] = await this.access.look(async (knex) =>
      knex('kit_saga_definitions').distinct('saga').pluck('saga'),
    );
    const processes = [...new Set(rows.map(txIdOf))];
    const open = await this.sagasIn(
      sagas.flatMap((saga) => processes.map((txId) => `${saga}/${txId}`)),
      'open',
    );
    const busy = new Set([...open].map((id) => id.slice(id.lastIndexOf('/') + 1)));
    const needless = rows.filter((row) => row.outcome !== 'undone' && !busy.has(txIdOf(row)));
    return this.purge('inbox', needless, request, endOf(rows, request.limit));
  }

  async history(request: PurgeRequest): Promise<PurgeStep> {
    const rows = await this.old('history', [], request);
    const there = await this.sagasIn([...new Set(rows.map(({ id }) => sagaIdIn(id)))], 'any');
    const needless = rows.filter((row) => !there.has(sagaIdIn(row.id)));
    return this.purge('history', needless, request, endOf(rows, request.limit));
  }

  async parked(request: PurgeRequest): Promise<PurgeStep> {
    type Parked = Stored & { readonly ordering_key: string | null; readonly overtaken: number };
    const rows = await this.old<Parked>('parked', ['ordering_key', 'overtaken'], request);
    const needless = rows.filter(({ ordering_key, overtaken }) => ordering_key === null || Number(overtaken) === 1);
    return this.purge('parked', needless, request, endOf(rows, request.limit));
  }

  async sagas({ before, limit, now }: PurgeRequest): Promise<{ sagas: number; history: number }> {
    const found: string[] = [];
    for (const status of endedStatuses)
      // one after the other: there is an index by status and slot
      found.push(...(await this.endedAs(status, before, limit - found.length)));
    if (found.length === 0) return { sagas: 0, history: 0 };
    return this.access.write((knex) =>
      knex
        .transaction(async (transaction) => {
          // First the sagas, as those do who receive an answer: two that want the same rows then wait, and end.
          const sagas = await narrowed(transaction, found, before).delete();
          if (sagas < found.length) throw new Others();
          const history = await transaction('kit_history').where(historiesOf(found)).delete();
          await noted(transaction, 'sagas', { before, now }, sagas);
          await noted(transaction, 'history', { before, now }, history);
          return { sagas, history };
        })
        .catch(whenOthers),
    );
  }

  async purges(): Promise<OfEachKind<Purges>> {
    const rows: StoredPurges[] = await this.access.look(async (knex) => knex('kit_purges').select());
    return ofEachKind((kind) => {
      const { cutoff = null, at = null, purged_rows = 0 } = rows.find(({ id }) => id === kind) ?? {};
      return { cutoff: dateOf(cutoff), at: dateOf(at), rows: Number(purged_rows) };
    });
  }

  async count(): Promise<OfEachKind<number>> {
    return allOf(ofEachKind((kind) => this.countOf(kind, (query) => query)));
  }

  async countOld(before: OfEachKind<Date>): Promise<OfEachKind<number>> {
    return allOf(
      ofEachKind((kind) =>
        this.countOf(kind, (query) => {
          const ms = before[kind].getTime();
          const old = query.where(places[kind].aged, '<=', ms);
          // There is an index of these, and they are no later.
          return kind === 'sagas' ? old.where('updated_slot', '<=', slotOf(before.sagas)) : old.where('at', '<=', ms);
        }),
      ),
    );
  }

  async oldest(): Promise<OfEachKind<Date | undefined>> {
    const sagas = await Promise.all(endedStatuses.map((status) => this.firstEndedAs(status)));
    const known = sagas.flatMap((ms) => ms ?? []);
    return {
      inbox: await this.first('kit_inbox'),
      sagas: known.length > 0 ? new Date(Math.min(...known)) : undefined,
      history: await this.first('kit_history'),
      parked: await this.first('kit_parked'),
    };
  }

  /** The oldest rows of a table that has an index on `at`. */
  private async old<Row extends Stored>(
    kind: ByAge,
    columns: readonly string[],
    { before, limit, after }: PurgeRequest,
  ): Promise<Row[]> {
    return this.access.look(async (knex) =>
      upTo(knex(places[kind].table).select('id', 'at', ...columns), 'at', {
        until: before.getTime(),
        limit,
        after: after && { at: after.at.getTime(), id: after.id },
      }),
    );
  }

  /** Only what is still as old as it was when it was looked at. */
  private async purge(
    kind: ByAge,
    rows: readonly Stored[],
    { before, now }: PurgeRequest,
    after: OldRow | undefined,
  ): Promise<PurgeStep> {
    if (rows.length === 0) return { purged: 0, after };
    const ids = rows.map(({ id }) => id);
    const { table, aged } = places[kind];
    const purged = await this.access.write((knex) =>
      knex.transaction(async (transaction) => {
        const gone = await transaction(table).whereIn('id', ids).where(aged, '<=', before.getTime()).delete();
        await noted(transaction, kind, { before, now }, gone);
        return gone;
      }),
    );
    return { purged, after };
  }

  private async sagasIn(ids: readonly string[], which: 'open' | 'any'): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (let from = 0; from < ids.length; from += idsMax) {
      const some = ids.slice(from, from + idsMax);
      const there: string[] = await this.access.look(async (knex) =>
        knex('kit_sagas')
          .whereIn('id', some)
          .modify((query: Knex.QueryBuilder) => void (which === 'open' && query.whereIn('status', openStatuses)))
          .pluck('id'),
      );
      for (const id of there) found.add(id);
    }
    return found;
  }

  private async endedAs(status: string, before: Date, limit: number): Promise<string[]> {
    if (limit <= 0) return [];
    return this.access.look(async (knex) =>
      knex('kit_sagas')
        .where({ status })
        .where('updated_slot', '<=', slotOf(before))
        .where('updated_at', '<=', before.getTime())
        .orderBy('updated_slot')
        .limit(limit)
        .pluck('id'),
    );
  }

  private firstEndedAs(status: string): Promise<number | undefined> {
    return this.access.look((knex) =>
      firstBySlot(() => knex('kit_sagas').where({ status }), 'updated_slot', 'updated_at'),
    );
  }

  private async countOf(kind: RetainedKind, narrow: (query: Knex.QueryBuilder) => Knex.QueryBuilder): Promise<number> {
    const [row]: { count: number }[] = await this.access.look(async (knex) => {
      const rows = knex(places[kind].table).count({ count: '*' });
      return narrow(kind === 'sagas' ? rows.whereIn('status', endedStatuses) : rows);
    });
    return Number(row?.count ?? 0);
  }

  private async first(name: string): Promise<Date | undefined> {
    return dateOf((await this.access.look((knex) => firstOf(knex(name), 'at'))) ?? null);
  }
}

/** Values of one statement. */
const idsMax = 1_000;

/** Another instance has purged some of them at the same moment: none is, and the next step looks again. */
class Others extends Error {}
function whenOthers(error: unknown): { sagas: number; history: number } {
  if (error instanceof Others) return { sagas: 0, history: 0 };
  throw error;
}

/** Last, so that two that purge the same rows wait for each other there, and not crosswise. */
async function noted(
  transaction: Knex.Transaction,
  id: RetainedKind,
  { before, now }: Pick<PurgeRequest, 'before' | 'now'>,
  rows: number,
): Promise<void> {
  if (rows === 0) return;
  const cutoff = transaction.raw('case when cutoff > ? then cutoff else ? end', [before.getTime(), before.getTime()]);
  const purged_rows = transaction.raw('purged_rows + ?', [rows]);
  await transaction('kit_purges').where({ id }).update({ cutoff, at: now.getTime(), purged_rows });
}

const dateOf = (ms: number | null): Date | undefined => (ms === null ? undefined : new Date(Number(ms)));
const narrowed = (knex: Knex, ids: readonly string[], before: Date) =>
  knex('kit_sagas').whereIn('id', ids).whereIn('status', endedStatuses).where('updated_at', '<=', before.getTime());

const endOf = (rows: readonly Stored[], limit: number): OldRow | undefined => {
  const last = rows.length < limit ? undefined : rows.at(-1);
  return last && { id: last.id, at: new Date(Number(last.at)) };
};
const txIdOf = ({ id }: Stored): string => id.slice(0, id.indexOf('/'));

/** One after the other would leave those unheard that fail beside the first: that ends a process. */
async function allOf(of: OfEachKind<Promise<number>>): Promise<OfEachKind<number>> {
  const [sagas, history, inbox, parked] = await Promise.all([of.sagas, of.history, of.inbox, of.parked]);
  return { sagas, history, inbox, parked };
}
