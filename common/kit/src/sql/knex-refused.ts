import type { OutboxRow, RefusedLine, RefusedRecord, RefusedRecords } from '../runtime';
import type { Access } from './access';
import { outgoingHeaders } from './outgoing-headers';

const linesMax = 100_000;

interface Stored {
  readonly id: number;
  readonly topic: string;
  readonly record_key: string;
  readonly value: Buffer;
  readonly headers: string | null;
  readonly reason: string;
  readonly attempts: number;
}

export class KnexRefused implements RefusedRecords {
  constructor(private readonly access: Access) {}

  async add(rows: readonly (OutboxRow & { lane: number; reason: string })[], dueAt: Date): Promise<void> {
    await this.access.write((knex) =>
      knex.transaction(async (transaction) => {
        for (const { lane, seq, topic, key, value, headers, reason } of rows) {
          const there = await transaction('kit_outbox').where({ lane, seq }).delete();
          if (there === 0) continue; // another instance has had it in hand as well
          const record = {
            topic,
            record_key: key,
            value,
            headers: outgoingHeaders.write({ ...(headers && { headers }) }),
          };
          const why = { reason: reason.slice(0, reasonCharsMax), attempts: 1, due_at: dueAt.getTime() };
          await transaction('kit_refused').insert({ ...record, ...why });
        }
      }),
    );
  }

  async lines(): Promise<RefusedLine[]> {
    const rows: Pick<Stored, 'topic' | 'record_key'>[] = await this.access.look(async (knex) =>
      knex('kit_refused').distinct('topic', 'record_key').limit(linesMax),
    );
    return rows.map(({ topic, record_key: key }) => ({ topic, key }));
  }

  async due(now: Date, limit: number): Promise<RefusedLine[]> {
    const rows: Pick<Stored, 'topic' | 'record_key'>[] = await this.access.look(async (knex) =>
      knex('kit_refused')
        .select('topic', 'record_key')
        .groupBy('topic', 'record_key')
        .havingRaw('max(due_at) <= ?', [now.getTime()])
        .limit(limit),
    );
    return rows.map(({ topic, record_key: key }) => ({ topic, key }));
  }

  async of({ topic, key }: RefusedLine, limit: number): Promise<RefusedRecord[]> {
    const rows: Stored[] = await this.access.look(async (knex) =>
      knex('kit_refused')
        .select('id', 'topic', 'record_key', 'value', 'headers', 'reason', 'attempts')
        .where({ topic, record_key: key })
        .orderBy('id')
        .limit(limit),
    );
    return rows.map(({ id, record_key, headers, value, reason, attempts }) => ({
      ...{ id: Number(id), topic, key: record_key, value, reason, attempts },
      ...outgoingHeaders.read(headers),
    }));
  }

  async postpone(id: number, reason: string, dueAt: Date): Promise<void> {
    await this.access.write(async (knex) =>
      knex('kit_refused')
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
    await this.access.write(async (knex) => knex('kit_refused').whereIn('id', ids).delete());
  }

  async count(): Promise<number> {
    const [row]: { count: number }[] = await this.access.look(async (knex) =>
      knex('kit_refused').count({ count: '*' }),
    );
    return Number(row?.count ?? 0);
  }
}

const reasonCharsMax = 1_000;
