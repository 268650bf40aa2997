import type { Knex } from 'knex';
import {
  sagaDefinitionTable,
  auditTable,
  endedStatuses,
  openStatuses,
  parkedTable,
  pausedTopicTable,
  sagaTable,
  slotOf,
  txIdOf,
  type SagaDefinitionRow,
  type OldestSaga,
  type OverdueSaga,
  type AuditRow,
  type HistoryRow,
  type MessageOfProcess,
  type ParkedFilter,
  type ParkedRow,
  type PausedTopicRow,
  type SagaFilter,
  type SagaRow,
  type SagaStanding,
  type SagaStore,
  type Table,
  type Timers,
} from '../runtime';
import { historyOf, messagesOf } from './knex-history';
import { firstBySlot, firstOf, itemsOf, upTo } from './knex-items';
import { givenUp, releasedKeys } from './parked-keys';
import type { SqlAccess } from './sql-reader';

/** Of one process: far more than any has. */
const actsMax = 10_000;

export class KnexSagaStore implements SagaStore {
  constructor(private readonly access: SqlAccess) {}

  async due(sagas: readonly string[], now: Date, limit: number, after?: OverdueSaga): Promise<OverdueSaga[]> {
    const place = after && { at: slotOf(after.dueAt), id: `${after.saga}/${after.txId}` };
    const rows: { id: string; saga: string; attempts: number; due_at: number }[] = await this.access.look(
      async (knex) =>
        upTo(
          knex('kit_sagas')
            .select('id', 'saga', 'attempts', 'due_at')
            .whereIn('saga', sagas)
            .where('due_at', '<=', now.getTime()),
          'due_slot',
          { until: slotOf(now), limit, after: place },
        ),
    );
    return rows.map(({ id, saga, attempts, due_at: dueAt }) => ({
      saga,
      txId: txIdOf({ id, saga }),
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
        .whereIn('status', openStatuses)
        .groupBy('version', 'step'),
    );
    return rows.map(({ version, step, count }) => ({ version, step, count: Number(count) }));
  }

  async standing(sagas: readonly string[]): Promise<SagaStanding[]> {
    const rows: SagaStanding[] = await this.access.look(async (knex) =>
      knex('kit_sagas')
        .select('saga', 'status', 'step')
        .count({ count: '*' })
        .whereIn('status', openStatuses)
        .whereIn('saga', sagas)
        .groupBy('saga', 'status', 'step'),
    );
    return rows.map((row) => ({ ...row, count: Number(row.count) }));
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

  history(saga: string, txId: string): Promise<HistoryRow[]> {
    return historyOf(this.access, saga, txId);
  }

  messages(txId: string): Promise<MessageOfProcess[]> {
    return messagesOf(this.access, txId);
  }

  async list({ after, needsOperator, paused, ...named }: SagaFilter, limit: number): Promise<SagaRow[]> {
    return this.items(sagaTable, (query) =>
      query
        .where(said({ ...named, needs_operator: needsOperator, paused }))
        .where('id', '>', after ?? '')
        .orderBy('id')
        .limit(limit),
    );
  }

  async parked({ after, orderingKey, ...named }: ParkedFilter, limit: number): Promise<ParkedRow[]> {
    return this.items(parkedTable, (query) =>
      query
        .where(said({ ...named, ordering_key: orderingKey }))
        .where('id', '>', after ?? '')
        .orderBy('id')
        .limit(limit),
    );
  }

  async audit(limit: number, before?: string): Promise<AuditRow[]> {
    return this.items(auditTable, (query) =>
      query
        .modify((narrowed: Knex.QueryBuilder) => void (before !== undefined && narrowed.where('id', '<', before)))
        .orderBy('id', 'desc')
        .limit(limit),
    );
  }

  async acts(txId: string): Promise<AuditRow[]> {
    return this.items(auditTable, (query) => query.where({ tx_id: txId }).orderBy('id').limit(actsMax));
  }

  parkedCount(): Promise<number> {
    return this.count(givenUp);
  }

  releasedKeys(limit: number): Promise<string[]> {
    return this.access.look(async (knex) => releasedKeys(knex, limit));
  }

  async parkedIn(orderingKey: string, limit: number): Promise<ParkedRow[]> {
    return this.items(parkedTable, (query) =>
      query
        .where({ ordering_key: orderingKey, overtaken: 0 })
        .orderByRaw('record_partition, length(record_offset), record_offset') // numbers as text: shorter ones are smaller
        .limit(limit),
    );
  }

  async pausedTopics(): Promise<PausedTopicRow[]> {
    return this.items(pausedTopicTable, (query) => query.orderBy('topic'));
  }

  async timers(now: Date): Promise<Timers> {
    const nowMs = now.getTime();
    const due = [
      await this.count((knex) => knex('kit_sagas').where('due_slot', '<=', slotOf(now)).where('due_at', '<=', nowMs)),
      await this.count((knex) => knex('kit_delayed_events').where('due_at', '<=', nowMs)),
    ];
    const next = await this.access.look(async (knex) => {
      const sagas = () => knex('kit_sagas').where('due_slot', '>=', slotOf(now)).where('due_at', '>', nowMs);
      const events = knex('kit_delayed_events').where('due_at', '>', nowMs);
      return [await firstBySlot(sagas, 'due_slot', 'due_at'), await firstOf(events, 'due_at')];
    });
    const known = next.flatMap((ms) => ms ?? []);
    return { due: due[0]! + due[1]!, nextAt: known.length === 0 ? undefined : new Date(Math.min(...known)) };
  }

  async pace(movedSlot: number, endedSlot: number): Promise<{ open: number; ended: number }> {
    const since = (statuses: readonly SagaRow['status'][], slot: number) =>
      this.count((knex) => knex('kit_sagas').whereIn('status', statuses).where('updated_slot', '>=', slot));
    return { open: await since(openStatuses, movedSlot), ended: await since(endedStatuses, endedSlot) };
  }

  async oldest(): Promise<OldestSaga[]> {
    const rows: { saga: string; step: string; first: number }[] = await this.access.look(async (knex) =>
      knex('kit_sagas')
        .select('saga', 'step')
        .min({ first: 'started_at' })
        .whereIn('status', openStatuses)
        .groupBy('saga', 'step'),
    );
    return rows.map(({ saga, step, first }) => ({ saga, step, startedAt: new Date(Number(first)) }));
  }

  pausedCount(): Promise<number> {
    return this.count((knex) => knex('kit_sagas').whereIn('status', openStatuses).where({ paused: 1 }));
  }

  needsOperatorCount(): Promise<number> {
    return this.count((knex) =>
      knex('kit_sagas').whereIn('status', openStatuses).where({ needs_operator: 1, paused: 0 }),
    );
  }

  private async count(rows: (knex: Knex) => Knex.QueryBuilder): Promise<number> {
    const [row]: { count: number }[] = await this.access.look(async (knex) => rows(knex).count({ count: '*' }));
    return Number(row?.count ?? 0);
  }

  private items<Item>(table: Table<Item>, narrow: (query: any) => any): Promise<Item[]> {
    return itemsOf(this.access, table, narrow);
  }
}

/** What is not said is not asked for. */
const said = (columns: Readonly<Record<string, string | boolean | undefined>>): object =>
  Object.fromEntries(
    Object.entries(columns).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'boolean' ? Number(value) : value]],
    ),
  );
