import type { Repository, RowId } from '../../ports';
import type { ProducerRecord } from '../ports/broker';
import type { Entry } from '../ports/entries';
import type { Table } from '../ports/table';

/** Where an attempt has its rows from: its batch. */
export interface RowLoader {
  entry(table: Table, id: RowId): Entry;
  want(entries: readonly Entry[]): void;
  /** Ends the turn of whoever calls; resolves when the rows that are wanted by now are here. */
  rest(): Promise<void>;
}

/** What one try of one piece of work has read and written so far; nobody else sees it before it joins its batch. */
export class Attempt {
  readonly reads = new Map<Entry, number>();
  readonly writes = new Map<Entry, { readonly item: unknown; readonly added: boolean }>();
  readonly sent: ProducerRecord[] = [];
  /** Is called once what was written is committed, and only then: to count it, say. */
  readonly afterwards: (() => void)[] = [];
  private pause: Promise<void> | undefined;

  constructor(
    private readonly loader: RowLoader,
    /** Whoever adds a row whose key may be there has to look first. */
    readonly checksExisting: boolean,
  ) {}

  rows<Item, Id extends RowId>(table: Table<Item, Id>): ScopedRepository<Item, Id> {
    return new ScopedRepository(this, table);
  }

  entry(table: Table, id: RowId): Entry {
    return this.loader.entry(table, id);
  }

  /** Resolves when all of them are here. Whatever a piece of work waits for at one time is one pause: it has but one turn. */
  async fetch(entries: readonly Entry[]): Promise<void> {
    for (;;) {
      const missing = entries.filter(({ here }) => !here);
      if (missing.length === 0) return;
      this.loader.want(missing);
      this.pause ??= this.loader.rest().then(() => {
        this.pause = undefined;
      });
      await this.pause;
    }
  }

  /** Loads once more, with a lock, what was loaded without: who has decided by what it was before does so anew. */
  async lock(entry: Entry): Promise<void> {
    if (entry.locked || entry.write !== undefined || this.writes.has(entry)) return;
    const wasHere = entry.here;
    entry.locked = true;
    entry.here = false;
    await this.fetch([entry]);
    if (wasHere) entry.version++;
    this.reads.set(entry, entry.version);
  }

  see(entry: Entry): unknown {
    const written = this.writes.get(entry);
    if (written) return written.item;
    if (!this.reads.has(entry)) this.reads.set(entry, entry.version);
    return entry.item;
  }

  /** Forgets what was written and sent; what was read still has to be true. */
  drop(): void {
    this.writes.clear();
    this.sent.length = this.afterwards.length = 0;
  }

  isUpToDate(): boolean {
    for (const [entry, version] of this.reads) if (entry.version !== version) return false;
    return true;
  }

  added(): Entry[] {
    const added: Entry[] = [];
    for (const [entry, write] of this.writes) if (write.added) added.push(entry);
    return added;
  }
}

/** A repository within a scope. */
export class ScopedRepository<Item, Id extends RowId = string> implements Repository<Item, Id> {
  constructor(
    private readonly attempt: Attempt,
    private readonly table: Table<Item, Id>,
  ) {}

  async get(id: Id): Promise<Item | undefined> {
    const entry = this.attempt.entry(this.table, id);
    if (!entry.here && !this.attempt.writes.has(entry)) await this.attempt.fetch([entry]);
    return this.attempt.see(entry) as Item | undefined;
  }

  /** What nobody else changes before the commit, also where loading a row of the table takes no lock. */
  async locked(id: Id): Promise<Item | undefined> {
    await this.attempt.lock(this.attempt.entry(this.table, id));
    return this.get(id);
  }

  async getAll(ids: readonly Id[]): Promise<readonly (Item | undefined)[]> {
    const entries = ids.map((id) => this.attempt.entry(this.table, id));
    await this.attempt.fetch(entries.filter((entry) => !this.attempt.writes.has(entry)));
    return entries.map((entry) => this.attempt.see(entry) as Item | undefined);
  }

  put(item: Item): void {
    const entry = this.attempt.entry(this.table, this.table.idOf(item));
    this.attempt.writes.set(entry, { item, added: this.attempt.writes.get(entry)?.added ?? false });
  }

  add(item: Item): void {
    const entry = this.attempt.entry(this.table, this.table.idOf(item));
    const written = this.attempt.writes.get(entry);
    const wasDeleted = written !== undefined && written.item === undefined; // so it may be in the database
    this.attempt.writes.set(entry, { item, added: !wasDeleted });
  }

  delete(id: Id): void {
    this.attempt.writes.set(this.attempt.entry(this.table, id), { item: undefined, added: false });
  }
}
