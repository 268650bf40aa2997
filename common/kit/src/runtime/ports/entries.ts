import type { ProducerRecord } from './broker';
import type { Table } from './table';

/** A row of the batch's identity map. */
export class Entry {
  item: unknown = undefined;
  /** The database was asked for it, or the batch wrote it: `item` is what this transaction sees. */
  here = false;
  /** The database has a row that this transaction has not removed. */
  stored = false;
  /** When it was loaded, its table was looked through, and had no row at all. */
  tableIsEmpty = false;
  /** It is loaded so that nobody else changes it before this transaction ends, though its table takes no locks. */
  locked = false;
  /** Changes each time that somebody's write joins the batch. */
  version = 0;
  write: 'insert' | 'upsert' | 'delete' | undefined = undefined;

  constructor(
    readonly table: Table,
    readonly id: string | number,
  ) {}
}

/** Rows by their tables. */
export type Entries = ReadonlyMap<Table, readonly Entry[]>;
/** What a batch leaves to be written, in one transaction. */
export interface Writes {
  readonly rows: Entries;
  readonly sent: readonly ProducerRecord[];
}
