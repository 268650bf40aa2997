import type { Knex } from 'knex';

/** Parked messages but for those that wait for a paused saga, and those behind them: they go on when it is resumed. */
export function givenUp(knex: Knex): Knex.QueryBuilder {
  const kept = knex('kit_parked').distinct('ordering_key').whereNotNull('waits_for').as('kept');
  return knex('kit_parked')
    .leftJoin(kept, 'kept.ordering_key', 'kit_parked.ordering_key')
    .whereNull('waits_for')
    .where((each) => void each.whereNull('kept.ordering_key').orWhereNot('reason', 'behind'));
}

/** Ordering keys in which parked messages are to be handled now, those first in which one has waited for longest. */
export async function releasedKeys(knex: Knex, limit: number): Promise<string[]> {
  const oldest = (keys: Knex.QueryBuilder, id: string): Promise<{ id: string; first: number }[]> =>
    keys.select({ id }).min({ first: 'parked.at' }).groupBy(id).orderBy('first').orderBy('id').limit(limit);
  const released = knex('kit_ordering_keys as keys')
    .leftJoin('kit_parked as parked', 'parked.ordering_key', 'keys.id')
    .where('keys.released', 1);
  const kept = knex('kit_parked as parked')
    .leftJoin('kit_sagas as paused', (on) => on.on('paused.id', 'parked.waits_for').onVal('paused.paused', 1))
    .whereNotNull('parked.waits_for')
    .whereNull('paused.id');
  const keys = [...(await oldest(released, 'keys.id')), ...(await oldest(kept, 'parked.ordering_key'))];
  const sorted = keys.sort((one, other) => Number(one.first) - Number(other.first));
  return [...new Set(sorted.map(({ id }) => id))].slice(0, limit);
}
