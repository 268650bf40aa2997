import type { DelayedCount, DelayedEvent, OutboxStore, OutboxProducer, OutboxRow } from '../runtime';
import type { SqlAccess } from './sql-reader';
import { upTo } from './knex-items';
import { recordsIn, recordsMax, type StoredRecords } from './outbox-rows';

/** The commit markers of a producer's latest transactions: one whose connection was lost may still be under way for a moment. */
const markersKept = 1_000;
/** Of the outbox, in one query: each may have a quarter of a megabyte, or one large message. */
const rowsMax = 40;

export class KnexOutboxStore implements OutboxStore {
  constructor(private readonly access: SqlAccess) {}

  /** A number that no other producer of this database has or had. */
  async open(instance: string): Promise<number> {
    const [producer] = await this.access.write(async (knex) => knex('kit_outbox_producers').insert({ instance }));
    return Number(producer);
  }

  async all(): Promise<OutboxProducer[]> {
    const writing = await this.writing(); // first: a producer is there before anything is in its outbox
    const rows: { producer: number; instance: string }[] = await this.access.look(async (knex) =>
      knex('kit_outbox_producers').select('producer', 'instance'),
    );
    const known: OutboxProducer[] = rows.map(({ producer, instance }) => ({ producer: Number(producer), instance }));
    const forgotten = writing.filter((producer) => known.every((each) => each.producer !== producer));
    const all = [...known, ...forgotten.map((producer) => ({ producer, instance: undefined }))];
    return all.sort((one, other) => one.producer - other.producer);
  }

  /** Producers with something in their outbox: a step in its primary key for each of them, however much that is. */
  private async writing(): Promise<number[]> {
    const outbox: number[] = [];
    for (;;) {
      const after = outbox.at(-1) ?? 0;
      const [next]: { producer: number }[] = await this.access.look(async (knex) =>
        knex('kit_outbox').select('producer').where('producer', '>', after).orderBy('producer').limit(1),
      );
      if (!next) return outbox;
      outbox.push(Number(next.producer));
    }
  }

  async unsent(producer: number, limit: number, after = 0): Promise<OutboxRow[]> {
    const found: OutboxRow[] = [];
    for (let behind = after; found.length < limit;) {
      const rows: StoredRecords[] = await this.access.look(async (knex) =>
        knex('kit_outbox')
          .select('last_seq', 'first_seq', 'records')
          .where({ producer })
          .where('last_seq', '>', behind)
          .orderBy('last_seq')
          .limit(rowsMax),
      );
      for (const row of rows) found.push(...recordsIn(row).filter(({ seq }) => seq > after));
      if (rows.length < rowsMax) break;
      behind = Number(rows.at(-1)!.last_seq);
    }
    return found.slice(0, limit);
  }

  async acknowledge(producer: number, seq: number): Promise<void> {
    await this.access.write(async (knex) => {
      await knex('kit_outbox').where({ producer }).where('last_seq', '<=', seq).delete();
      await knex('kit_outbox')
        .where({ producer })
        .whereBetween('last_seq', [seq + 1, seq + recordsMax - 1]) // of all that is behind it, only these can begin before it
        .where('first_seq', '<=', seq)
        .update({ first_seq: seq + 1 });
    });
  }

  async forgetCommits(producer: number, commitNumber: number): Promise<void> {
    const before = commitNumber - markersKept;
    await this.access.write(async (knex) =>
      knex('kit_commit_markers').where({ producer }).where('commit_number', '<', before).delete(),
    );
  }

  async remove(producer: number, whose: 'own' | 'another'): Promise<void> {
    if (whose === 'own')
      await this.access.write(async (knex) => knex('kit_commit_markers').where({ producer }).delete());
    await this.access.write(async (knex) =>
      knex('kit_outbox_producers').where({ producer }).whereNotExists(knex('kit_outbox').where({ producer })).delete(),
    );
  }

  async delayedDue(now: Date, limit: number, after?: DelayedEvent): Promise<DelayedEvent[]> {
    const rows: { id: string; due_at: number; bytes: number }[] = await this.access.look(async (knex) =>
      upTo(knex('kit_delayed_events').select('id', 'due_at', knex.raw('length(value) as bytes')), 'due_at', {
        until: now.getTime(),
        limit,
        after: after && { at: after.dueAt.getTime(), id: after.id },
      }),
    );
    return rows.map(({ id, due_at, bytes }) => ({ id, dueAt: new Date(Number(due_at)), bytes: Number(bytes) }));
  }

  async delayedCount(): Promise<DelayedCount> {
    const [row]: { waiting: number; first: number | null }[] = await this.access.look(async (knex) =>
      knex('kit_delayed_events').count({ waiting: '*' }).min({ first: 'due_at' }),
    );
    const first = row?.first ?? null;
    return { waiting: Number(row?.waiting ?? 0), firstDueAt: first === null ? undefined : new Date(Number(first)) };
  }
}
