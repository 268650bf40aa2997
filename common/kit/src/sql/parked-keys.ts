import type { Knex } from 'knex';

/** Parked messages but for those that wait for a paused saga, and those behind them: they go on when it is resumed. */
export function givenUp(knex: Knex): Knex.QueryBuilder {
  const kept = knex('kit_parked').distinct('ordering_key').whereNotNull('waits_for').as('kept');
  return knex('kit_parked')
    .leftJoin(kept, 'kept.ordering_key', 'kit_parked.ordering_key')
    .whereNull('waits_for')
    .where((each) => void each.whereNull('kept.ordering_key').orWhereNot('reason', 'behind'));
}

/** Ordering keys in which parked messages are to be handled now. */
export async function releasedKeys(knex: Knex, limit: number): Promise<string[]> {
  const released: string[] = await knex('kit_ordering_keys').where({ released: 1 }).limit(limit).pluck('id');
  const kept: string[] = await knex('kit_parked as kept')
    .leftJoin('kit_sagas as paused', (on) => on.on('paused.id', 'kept.waits_for').onVal('paused.paused', 1))
    .whereNotNull('kept.waits_for')
    .whereNull('paused.id')
    .limit(limit - released.length)
    .pluck('kept.ordering_key');
  return [...new Set([...released, ...kept])];
}
