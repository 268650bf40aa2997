import type { Database, Lanes, RefusedRecords, SagaLedger, Seats } from '../runtime';
import type { Reading } from './access';

/** Everything that a service keeps in its database. */
export interface Stores {
  readonly database: Database;
  readonly lanes: Lanes;
  readonly refused: RefusedRecords;
  readonly ledger: SagaLedger;
  readonly seats: Seats;
  readonly reading: Reading;
}
