import type { Database, DatabaseClock, Lanes, SagaLedger, Seats } from '../runtime';
import type { Reading } from './access';

/** Everything that a service keeps in its database. */
export interface Stores {
  readonly database: Database;
  readonly lanes: Lanes;
  readonly ledger: SagaLedger;
  readonly clock: DatabaseClock;
  readonly seats: Seats;
  readonly reading: Reading;
}
