import type { OutboxRecovery } from './outbox-recovery';
import type { Publisher } from './publisher';
import type { RefusedRecords } from './refused-records';

/** What sends. */
export interface Relay {
  readonly publisher: Publisher;
  readonly refusedRecords: RefusedRecords;
  readonly recovery: OutboxRecovery;
}
