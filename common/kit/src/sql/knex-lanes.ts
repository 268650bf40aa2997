import type { Lanes, OutboxRow } from '../runtime';
import type { Access } from './access';

interface StoredOutboxRow {
  readonly seq: number;
  readonly topic: string;
  readonly record_key: string;
  readonly value: Buffer;
}

/** The marks of a lane's latest transactions: one whose connection was lost may still be under way for a moment. */
const unitsKept = 1_000;

export class KnexLanes implements Lanes {
  constructor(private readonly access: Access) {}

  /** A number that no other lane of this database has or had. */
  async open(instance: string): Promise<number> {
    const [lane] = await this.access.write(async (knex) => knex('kit_lanes').insert({ instance }));
    return Number(lane);
  }

  async all(): Promise<{ lane: number; instance: string }[]> {
    const rows: { lane: number; instance: string }[] = await this.access.look(async (knex) =>
      knex('kit_lanes').select('lane', 'instance').orderBy('lane'),
    );
    return rows.map(({ lane, instance }) => ({ lane: Number(lane), instance }));
  }

  async unsent(lane: number, limit: number): Promise<OutboxRow[]> {
    const rows: StoredOutboxRow[] = await this.access.look(async (knex) =>
      knex('kit_outbox').select('seq', 'topic', 'record_key', 'value').where({ lane }).orderBy('seq').limit(limit),
    );
    return rows.map(({ seq, topic, record_key: key, value }) => ({ seq: Number(seq), topic, key, value }));
  }

  async acknowledge(lane: number, seq: number, unit: number): Promise<void> {
    await this.access.write(async (knex) => knex('kit_outbox').where({ lane }).where('seq', '<=', seq).delete());
    const before = unit - unitsKept;
    await this.access.write(async (knex) => knex('kit_units').where({ lane }).where('unit', '<', before).delete());
  }

  async remove(lane: number): Promise<void> {
    await this.access.write(async (knex) => knex('kit_units').where({ lane }).delete());
    await this.access.write(async (knex) =>
      knex('kit_lanes').where({ lane }).whereNotExists(knex('kit_outbox').where({ lane })).delete(),
    );
  }
}
