import type { RowId } from '../ports';
import { eventTable, type EventRow, type EventStore, type SqlValue, type Table } from '../runtime';
import type { SqlAccess } from './sql-reader';

export class KnexEventStore implements EventStore {
  constructor(private readonly access: SqlAccess) {}

  of(stream: string, after: number, limit: number): Promise<EventRow[]> {
    // By the primary key: ids of one stream sort by version, and of these `stream` keeps apart whose id begins with another's.
    const id = (version: number) => `${stream}/${String(version).padStart(10, '0')}`;
    return this.events((query) =>
      query.where('id', '>', id(after)).where('id', '<', `${stream}0`).where({ stream }).orderBy('id').limit(limit),
    );
  }

  behind(position: number, limit: number): Promise<EventRow[]> {
    return this.events((query) => query.where('position', '>', position).orderBy('position').limit(limit));
  }

  ids({ name, columns }: Table, limit: number): Promise<RowId[]> {
    return this.access.look(async (knex) => knex(name).limit(limit).pluck(columns[0]!));
  }

  private async events(narrow: (query: any) => any): Promise<EventRow[]> {
    const { name, columns, toItem } = eventTable;
    const rows: Record<string, SqlValue>[] = await this.access.look(async (knex) =>
      narrow(knex(name).select(...columns)),
    );
    return rows.map((row) => toItem(columns.map((column) => row[column]!)));
  }
}
