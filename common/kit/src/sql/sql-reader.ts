import type { Knex } from 'knex';

/** How queries that are not part of a batch reach a database. What it fails with is a `DatabaseFault`. */
export interface SqlAccess {
  /** Sees what was last committed. */
  readonly look: <T>(query: (knex: Knex) => Promise<T>) => Promise<T>;
  /** One statement, committed by itself. */
  readonly write: <T>(query: (knex: Knex) => Promise<T>) => Promise<T>;
}

/**
 * For lists and reports: what is not found by its id. Looks at what was last committed, takes no lock, and is no part of any
 * transaction. Implement your read-only ports with it. Rejects with a `DatabaseFault`: `lost` or `conflict` when the same
 * again will do, which a route answers with 503; or with whatever `run` itself throws.
 */
export abstract class SqlReader {
  abstract query<T>(run: (knex: Knex) => Promise<T>): Promise<T>;
}
