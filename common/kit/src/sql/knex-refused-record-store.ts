import type { Knex } from 'knex';
import {
  headersColumn,
  type OutboxRow,
  type RefusedKey,
  type RefusedRecord,
  type RefusedRecordStore,
} from '../runtime';
import type { SqlAccess } from './sql-reader';
import { recordsIn, storedRecords, type StoredRecords } from './outbox-rows';

const keysMax = 100_000;

interface Stored {
  readonly id: number;
  readonly topic: string;
  readonly record_key: string;
  readonly value: Buffer;
  readonly headers: string | null;
  readonly reason: string;
  readonly attempts: number;
}

export class KnexRefusedRecordStore implements RefusedRecordStore {
  constructor(private readonly access: SqlAccess) {}

  async add(rows: readonly (OutboxRow & { producer: number; reason: string })[], dueAt: Date): Promise<void> {
    await this.access.write((knex) =>
      knex.transaction(async (transaction) => {
        const taken = new Map<number, ReadonlySet<number>>();
        for (const producer of new Set(rows.map((row) => row.producer))) {
          const seqs = rows.flatMap((row) => (row.producer === producer ? [row.seq] : []));
          taken.set(producer, await takeFromOutbox(transaction, producer, seqs));
        }
        for (const { producer, seq, topic, key, value, headers, reason } of rows) {
          if (!taken.get(producer)!.has(seq)) continue; // another instance has had it in hand as well
          const record = {
            topic,
            record_key: key,
            value,
            headers: storedHeaders(headers),
          };
          const why = { reason: reason.slice(0, reasonCharsMax), attempts: 1, due_at: dueAt.getTime() };
          await transaction('kit_refused_records').insert({ ...record, ...why });
        }
      }),
    );
  }

  async orderingKeys(): Promise<RefusedKey[]> {
    const rows: Pick<Stored, 'topic' | 'record_key'>[] = await this.access.look(async (knex) =>
      knex('kit_refused_records').distinct('topic', 'record_key').limit(keysMax),
    );
    return rows.map(({ topic, record_key: key }) => ({ topic, key }));
  }

  async due(now: Date, limit: number): Promise<RefusedKey[]> {
    const rows: Pick<Stored, 'topic' | 'record_key'>[] = await this.access.look(async (knex) =>
      knex('kit_refused_records')
        .select('topic', 'record_key')
        .groupBy('topic', 'record_key')
        .havingRaw('max(due_at) <= ?', [now.getTime()])
        .limit(limit),
    );
    return rows.map(({ topic, record_key: key }) => ({ topic, key }));
  }

  async of({ topic, key }: RefusedKey, limit: number): Promise<RefusedRecord[]> {
    const rows: Stored[] = await this.access.look(async (knex) =>
      knex('kit_refused_records')
        .select('id', 'topic', 'record_key', 'value', 'headers', 'reason', 'attempts')
        .where({ topic, record_key: key })
        .orderBy('id')
        .limit(limit),
    );
    return rows.map(({ id, record_key, headers, value, reason, attempts }) => ({
      ...{ id: Number(id), topic, key: record_key, value, reason, attempts },
      ...(headers !== null && { headers: headersColumn.read(headers) as Required<OutboxRow>['headers'] }),
    }));
  }

  async postpone(id: number, reason: string, dueAt: Date): Promise<void> {
    await this.access.write(async (knex) =>
      knex('kit_refused_records')
        .where({ id })
        .update({
          reason: reason.slice(0, reasonCharsMax),
          due_at: dueAt.getTime(),
          attempts: knex.raw('attempts + 1'),
        }),
    );
  }

  async remove(ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    await this.access.write(async (knex) => knex('kit_refused_records').whereIn('id', ids).delete());
  }

  async count(): Promise<number> {
    const [row]: { count: number }[] = await this.access.look(async (knex) =>
      knex('kit_refused_records').count({ count: '*' }),
    );
    return Number(row?.count ?? 0);
  }
}

const reasonCharsMax = 1_000;

/** Null for the many that have none. */
const storedHeaders = (headers: OutboxRow['headers']): string | null =>
  headers && headers.length > 0 ? (headersColumn.write(headers) as string) : null;

/** Resolves with those that were there. */
async function takeFromOutbox(transaction: Knex, producer: number, seqs: readonly number[]): Promise<Set<number>> {
  const [wantedSeqs, taken] = [new Set(seqs), new Set<number>()];
  let last = 0;
  for (const wanted of [...seqs].sort((one, other) => one - other)) {
    if (wanted <= last) continue; // it was in the row before, or is not there any more
    const row: StoredRecords | undefined = await transaction('kit_outbox')
      .where({ producer })
      .where('last_seq', '>=', wanted)
      .orderBy('last_seq')
      .first()
      .forUpdate();
    if (!row) break;
    last = Number(row.last_seq);
    const [gone, left] = [new Set<number>(), [] as OutboxRow[]];
    for (const record of recordsIn(row))
      if (wantedSeqs.has(record.seq)) gone.add(record.seq);
      else left.push(record);
    if (gone.size === 0) continue;
    await transaction('kit_outbox').where({ producer, last_seq: last }).delete();
    for (const stored of storedRecords(left)) await transaction('kit_outbox').insert({ producer, ...stored });
    for (const seq of gone) taken.add(seq);
  }
  return taken;
}
