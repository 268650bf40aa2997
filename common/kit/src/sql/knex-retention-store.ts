import type { Knex } from 'knex';
import type { OldestRows, OldRow, PurgeStep, RetentionStore } from '../runtime';
import type { SqlAccess } from './sql-reader';

interface Stored {
  readonly id: string;
  readonly at: number;
}
type Purged = 'kit_inbox' | 'kit_history' | 'kit_parked';
const ended = ['completed', 'rejected'];
const open = ['running', 'compensating'];

export class KnexRetentionStore implements RetentionStore {
  constructor(private readonly access: SqlAccess) {}

  async inbox(before: Date, limit: number, after?: OldRow): Promise<PurgeStep> {
    const rows = await this.old<Stored & { outcome: string }>('kit_inbox', ['outcome'], before, limit, after);
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
    return this.purge('kit_inbox', 'at', needless, before, endOf(rows, limit));
  }

  async history(before: Date, limit: number, after?: OldRow): Promise<PurgeStep> {
    const rows = await this.old('kit_history', [], before, limit, after);
    const there = await this.sagasIn([...new Set(rows.map(sagaIdOf))], 'any');
    const needless = rows.filter((row) => !there.has(sagaIdOf(row)));
    return this.purge('kit_history', 'last_at', needless, before, endOf(rows, limit));
  }

  async parked(before: Date, limit: number, after?: OldRow): Promise<PurgeStep> {
    const columns = ['ordering_key', 'overtaken'];
    const rows = await this.old<Stored & { ordering_key: string | null; overtaken: number }>(
      ...(['kit_parked', columns, before, limit, after] as const),
    );
    const needless = rows.filter(({ ordering_key, overtaken }) => ordering_key === null || Number(overtaken) === 1);
    return this.purge('kit_parked', 'last_at', needless, before, endOf(rows, limit));
  }

  async sagas(before: Date, limit: number): Promise<{ sagas: number; history: number }> {
    const found: string[] = [];
    for (const status of ended)
      // one after the other: there is an index by status and time
      found.push(...(await this.endedAs(status, before, limit - found.length)));
    if (found.length === 0) return { sagas: 0, history: 0 };
    return this.access.write((knex) =>
      knex
        .transaction(async (transaction) => {
          // First the sagas, as those do who receive an answer: two that want the same rows then wait, and end.
          const sagas = await narrowed(transaction, found, before).delete();
          if (sagas < found.length) throw new Others();
          const history = await transaction('kit_history').where(within(found)).delete();
          return { sagas, history };
        })
        .catch(whenOthers),
    );
  }

  async oldest(): Promise<OldestRows> {
    const sagas = await Promise.all(ended.map((status) => this.first('kit_sagas', 'updated_at', { status })));
    const known = sagas.flatMap((at) => (at ? [at.getTime()] : []));
    return {
      inbox: await this.first('kit_inbox', 'at'),
      sagas: known.length > 0 ? new Date(Math.min(...known)) : undefined,
      history: await this.first('kit_history', 'at'),
      parked: await this.first('kit_parked', 'at'),
    };
  }

  /** The oldest rows of a table that has an index on `at`. */
  private async old<Row extends Stored>(
    name: Purged,
    columns: readonly string[],
    before: Date,
    limit: number,
    after?: OldRow,
  ): Promise<Row[]> {
    return this.access.look(async (knex) =>
      knex(name)
        .select('id', 'at', ...columns)
        .where('at', '<=', before.getTime())
        .modify((query: Knex.QueryBuilder) => {
          const at = after?.at.getTime();
          if (after) void query.whereRaw('at >= ? and (at > ? or id > ?)', [at!, at!, after.id]);
        })
        .orderBy(['at', 'id'])
        .limit(limit),
    );
  }

  /** Only what is still as old as it was when it was looked at. */
  private async purge(
    name: Purged,
    aged: 'at' | 'last_at',
    rows: readonly Stored[],
    before: Date,
    after: OldRow | undefined,
  ): Promise<PurgeStep> {
    if (rows.length === 0) return { purged: 0, after };
    const ids = rows.map(({ id }) => id);
    const purged = await this.access.write(async (knex) =>
      knex(name).whereIn('id', ids).where(aged, '<=', before.getTime()).delete(),
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
          .modify((query: Knex.QueryBuilder) => void (which === 'open' && query.whereIn('status', open)))
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
        .where('updated_at', '<=', before.getTime())
        .orderBy('updated_at')
        .limit(limit)
        .pluck('id'),
    );
  }

  private async first(name: string, column: string, where: object = {}): Promise<Date | undefined> {
    const [row]: { first: number | null }[] = await this.access.look(async (knex) =>
      knex(name).where(where).min({ first: column }),
    );
    const first = row?.first ?? null;
    return first === null ? undefined : new Date(Number(first));
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

const narrowed = (knex: Knex, ids: readonly string[], before: Date) =>
  knex('kit_sagas').whereIn('id', ids).whereIn('status', ended).where('updated_at', '<=', before.getTime());

/** The histories of these sagas: a range of the primary key each. */
const within = (sagaIds: readonly string[]) => (query: Knex.QueryBuilder) => {
  for (const id of sagaIds) {
    const slash = id.lastIndexOf('/');
    const own = `${id.slice(slash + 1)}/${id.slice(0, slash)}`;
    void query.orWhere((one) => void one.where('id', '>', `${own}/`).where('id', '<', `${own}0`)); // behind "/" comes "0"
  }
};

const endOf = (rows: readonly Stored[], limit: number): OldRow | undefined => {
  const last = rows.length < limit ? undefined : rows.at(-1);
  return last && { id: last.id, at: new Date(Number(last.at)) };
};
const txIdOf = ({ id }: Stored): string => id.slice(0, id.indexOf('/'));
/** The saga to which a row of the history belongs, if there is such a one. */
const sagaIdOf = ({ id }: Stored): string => {
  const [txId, target] = id.split('/', 2);
  return `${target}/${txId}`;
};
