import type { Knex } from 'knex';

/** The histories of these sagas: a range of the primary key each. */
export const historiesOf = (sagaIds: readonly string[]) => (query: Knex.QueryBuilder) => {
  for (const id of sagaIds) {
    const slash = id.lastIndexOf('/');
    const own = `${id.slice(slash + 1)}/${id.slice(0, slash)}`;
    void query.orWhere((one) => void one.where('id', '>', `${own}/`).where('id', '<', `${own}0`)); // behind "/" comes "0"
  }
};

/** The saga to which a row of the history belongs, by the id of that row, if there is such a saga. */
export function sagaIdIn(id: string): string {
  const [txId, target] = id.split('/', 2);
  return `${target}/${txId}`;
}
