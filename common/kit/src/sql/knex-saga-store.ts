import type { Knex } from 'knex';
import {
  sagaDefinitionTable,
  historyTable,
  parkedTable,
  type SagaDefinitionRow,
  type OverdueSaga,
  type HistoryRow,
  type ParkedRow,
  type SagaStore,
  type SqlValue,
  type Table,
} from '../runtime';
import type { SqlAccess } from './sql-reader';

export class KnexSagaStore implements SagaStore {
  constructor(private readonly access: SqlAccess) {}

  async due(sagas: readonly string[], now: Date, limit: number, after?: OverdueSaga): Promise<OverdueSaga[]> {
    const rows: { id: string; saga: string; attempts: number; due_at: number }[] = await this.access.look(
      async (knex) =>
        knex('kit_sagas')
          .select('id', 'saga', 'attempts', 'due_at')
          .where('due_at', '<=', now.getTime())
          .whereIn('saga', sagas)
          .modify((query) => void (after && query.whereRaw('due_at >= ? and (due_at > ? or id > ?)', placeOf(after))))
          .orderBy(['due_at', 'id'])
          .limit(limit),
    );
    return rows.map(({ id, saga, attempts, due_at: dueAt }) => ({
      saga,
      txId: id.slice(saga.length + 1),
      attempts,
      dueAt: new Date(Number(dueAt)),
    }));
  }

  async open(saga: string): Promise<{ version: string; step: string; count: number }[]> {
    const rows: { version: string; step: string; count: number }[] = await this.access.look(async (knex) =>
      knex('kit_sagas')
        .select('version', 'step')
        .count({ count: '*' })
        .where({ saga })
        .whereIn('status', ['running', 'compensating'])
        .groupBy('version', 'step'),
    );
    return rows.map(({ version, step, count }) => ({ version, step, count: Number(count) }));
  }

  async definitions(saga: string): Promise<SagaDefinitionRow[]> {
    return this.items(sagaDefinitionTable, (query) => query.where({ saga }));
  }

  async keepDefinition(definition: SagaDefinitionRow): Promise<void> {
    const { columns, toRow, name } = sagaDefinitionTable;
    const values = toRow(definition);
    const row = Object.fromEntries(columns.map((column, index) => [column, values[index]]));
    // Not "ignore": that would have MySQL ignore more than the row that is there.
    await this.access.write(async (knex) => knex(name).insert(row).onConflict('id').merge(['id']));
  }

  async history(saga: string, txId: string): Promise<HistoryRow[]> {
    const prefix = `${saga}/${txId}/`;
    const after = `${saga}/${txId}0`; // the character behind "/"
    const rows = await this.items(historyTable, (query) => query.where('id', '>', prefix).where('id', '<', after));
    return rows.sort((a, b) => a.number - b.number || a.at.getTime() - b.at.getTime());
  }

  parkedCount(): Promise<number> {
    return this.count((knex) => knex('kit_parked'));
  }

  async releasedKeys(limit: number): Promise<string[]> {
    return this.access.look(async (knex) => knex('kit_ordering_keys').where({ released: 1 }).limit(limit).pluck('id'));
  }

  async parkedIn(orderingKey: string, limit: number): Promise<ParkedRow[]> {
    return this.items(parkedTable, (query) =>
      query
        .where({ ordering_key: orderingKey, overtaken: 0 })
        .orderByRaw('record_partition, length(record_offset), record_offset') // numbers as text: shorter ones are smaller
        .limit(limit),
    );
  }

  needsOperatorCount(): Promise<number> {
    const open = ['running', 'compensating']; // there is an index by status
    return this.count((knex) => knex('kit_sagas').whereIn('status', open).where({ needs_operator: 1 }));
  }

  private async count(rows: (knex: Knex) => Knex.QueryBuilder): Promise<number> {
    const [row]: { count: number }[] = await this.access.look(async (knex) => rows(knex).count({ count: '*' }));
    return Number(row?.count ?? 0);
  }

  private async items<Item>({ name, columns, toItem }: Table<Item>, narrow: (query: any) => any): Promise<Item[]> {
    const rows: Record<string, SqlValue>[] = await this.access.look(async (knex) =>
      narrow(knex(name).select(...columns)),
    );
    return rows.map((row) => toItem(columns.map((column) => row[column]!)));
  }
}

function placeOf({ saga, txId, dueAt }: OverdueSaga): readonly [number, number, string] {
  const at = dueAt.getTime();
  return [at, at, `${saga}/${txId}`];
}
