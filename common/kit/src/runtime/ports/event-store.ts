import type { Aggregate, DomainEvent, Recorded } from '../../aggregate';
import type { RowId } from '../../ports';
import type { EventRow } from './event-tables';
import type { Table } from './table';

/** Looks over the events of a database, outside of any transaction: at what was last committed. */
export abstract class EventStore {
  /** Of one stream, oldest first, those with a version above `after`. */
  abstract of(stream: string, after: number, limit: number): Promise<readonly EventRow[]>;
  /** Of all streams, those with a position above `position`, in order. */
  abstract behind(position: number, limit: number): Promise<readonly EventRow[]>;
  /** Ids of some rows of a table. */
  abstract ids(table: Table, limit: number): Promise<readonly RowId[]>;
}

/**
 * What has happened to an aggregate, oldest first. `after` is the version of the last event that was seen, `limit` (100 if
 * it is not said) at most 1,000. Looks at what was last committed, outside of any transaction.
 */
export abstract class EventHistory {
  abstract of<Event extends DomainEvent>(
    aggregate: Aggregate<string, any, Event>,
    id: string,
    page?: { readonly after?: number; readonly limit?: number },
  ): Promise<readonly Recorded<Event>[]>;
}
