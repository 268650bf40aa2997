import type { SagaRow } from '../ports/saga-tables';

/** What is counted of sagas, once it is durable. */
export interface SagaCounts {
  /** An answer that changed nothing. */
  late(saga: string): void;
  ended(row: SagaRow): void;
}
