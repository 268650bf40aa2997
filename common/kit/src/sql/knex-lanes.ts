import type { Lanes, LeftLane, OutboxRow } from '../runtime';
import type { Access } from './access';
import { outgoingHeaders } from './outgoing-headers';

interface StoredOutboxRow {
  readonly seq: number;
  readonly topic: string;
  readonly record_key: string;
  readonly value: Buffer;
  readonly headers: string | null;
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

  async all(): Promise<LeftLane[]> {
    const writing = await this.writing(); // first: a lane is there before anything is in its outbox
    const rows: { lane: number; instance: string }[] = await this.access.look(async (knex) =>
      knex('kit_lanes').select('lane', 'instance'),
    );
    const known: LeftLane[] = rows.map(({ lane, instance }) => ({ lane: Number(lane), instance }));
    const forgotten = writing.filter((lane) => known.every((each) => each.lane !== lane));
    const all = [...known, ...forgotten.map((lane) => ({ lane, instance: undefined }))];
    return all.sort((one, other) => one.lane - other.lane);
  }

  /** Lanes with something in their outbox: a step in its primary key for each of them, however much that is. */
  private async writing(): Promise<number[]> {
    const lanes: number[] = [];
    for (;;) {
      const after = lanes.at(-1) ?? 0;
      const [next]: { lane: number }[] = await this.access.look(async (knex) =>
        knex('kit_outbox').select('lane').where('lane', '>', after).orderBy('lane').limit(1),
      );
      if (!next) return lanes;
      lanes.push(Number(next.lane));
    }
  }

  async unsent(lane: number, limit: number, after = 0): Promise<OutboxRow[]> {
    const rows: StoredOutboxRow[] = await this.access.look(async (knex) =>
      knex('kit_outbox')
        .select('seq', 'topic', 'record_key', 'value', 'headers')
        .where({ lane })
        .where('seq', '>', after)
        .orderBy('seq')
        .limit(limit),
    );
    return rows.map(({ seq, topic, record_key: key, value, headers }) => ({
      seq: Number(seq),
      topic,
      key,
      value,
      ...outgoingHeaders.read(headers),
    }));
  }

  async acknowledge(lane: number, seq: number, unit: number): Promise<void> {
    await this.access.write(async (knex) => knex('kit_outbox').where({ lane }).where('seq', '<=', seq).delete());
    const before = unit - unitsKept;
    await this.access.write(async (knex) => knex('kit_units').where({ lane }).where('unit', '<', before).delete());
  }

  async remove(lane: number, whose: 'own' | 'another'): Promise<void> {
    if (whose === 'own') await this.access.write(async (knex) => knex('kit_units').where({ lane }).delete());
    await this.access.write(async (knex) =>
      knex('kit_lanes').where({ lane }).whereNotExists(knex('kit_outbox').where({ lane })).delete(),
    );
  }
}
