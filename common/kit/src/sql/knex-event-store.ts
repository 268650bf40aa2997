import type { RowId } from '../ports';
import { eventTable, streamEventIdOf, type EventRow, type EventStore, type Table } from '../runtime';
import { itemsOf } from './knex-items';
import type { SqlAccess } from './sql-reader';

export class KnexEventStore implements EventStore {
  constructor(private readonly access: SqlAccess) {}

  of(stream: string, after: number, limit: number): Promise<EventRow[]> {
    // By the primary key: ids of one stream sort by version, and of these `stream` keeps apart whose id begins with another's.
    return this.events((query) =>
      query
        .where('id', '>', streamEventIdOf(stream, after))
        .where('id', '<', `${stream}0`)
        .where({ stream })
        .orderBy('id')
        .limit(limit),
    );
  }

  behind(position: number, limit: number): Promise<EventRow[]> {
    return this.events((query) => query.where('position', '>', position).orderBy('position').limit(limit));
  }

  ids({ name, columns }: Table, limit: number): Promise<RowId[]> {
    return this.access.look(async (knex) => knex(name).limit(limit).pluck(columns[0]!));
  }

  private events(narrow: (query: any) => any): Promise<EventRow[]> {
    return itemsOf(this.access, eventTable, narrow);
  }
}
