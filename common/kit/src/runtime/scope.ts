import type { Repository, RowId } from '../ports';
import type { Batch, Entry } from './batch';
import type { Outgoing } from './broker';
import type { Table } from './table';

/** What one try of one piece of work has read and written so far; nobody else sees it before it joins its batch. */
export class Scope {
  readonly reads = new Map<Entry, number>();
  readonly writes = new Map<Entry, { readonly item: unknown; readonly added: boolean }>();
  readonly sent: Outgoing[] = [];
  private pause: Promise<void> | undefined;

  constructor(
    private readonly batch: Batch,
    /** Whoever adds a row whose key may be there has to look first. */
    readonly careful: boolean,
  ) {}

  rows<Item, Id extends RowId>(table: Table<Item, Id>): Rows<Item, Id> {
    return new Rows(this, table);
  }

  entry(table: Table, id: RowId): Entry {
    return this.batch.entry(table, id);
  }

  /** Resolves when all of them are here. Whatever a piece of work waits for at one time is one pause: it has but one turn. */
  async fetch(entries: readonly Entry[]): Promise<void> {
    for (;;) {
      const missing = entries.filter(({ here }) => !here);
      if (missing.length === 0) return;
      this.batch.want(missing);
      this.pause ??= this.batch.rest().then(() => {
        this.pause = undefined;
      });
      await this.pause;
    }
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
    this.sent.length = 0;
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
export class Rows<Item, Id extends RowId = string> implements Repository<Item, Id> {
  constructor(
    private readonly scope: Scope,
    private readonly table: Table<Item, Id>,
  ) {}

  async get(id: Id): Promise<Item | undefined> {
    const entry = this.scope.entry(this.table, id);
    if (!entry.here && !this.scope.writes.has(entry)) await this.scope.fetch([entry]);
    return this.scope.see(entry) as Item | undefined;
  }

  async getAll(ids: readonly Id[]): Promise<readonly (Item | undefined)[]> {
    const entries = ids.map((id) => this.scope.entry(this.table, id));
    await this.scope.fetch(entries.filter((entry) => !this.scope.writes.has(entry)));
    return entries.map((entry) => this.scope.see(entry) as Item | undefined);
  }

  put(item: Item): void {
    const entry = this.scope.entry(this.table, this.table.idOf(item));
    this.scope.writes.set(entry, { item, added: this.scope.writes.get(entry)?.added ?? false });
  }

  add(item: Item): void {
    const entry = this.scope.entry(this.table, this.table.idOf(item));
    this.scope.writes.set(entry, { item, added: true });
  }

  remove(id: Id): void {
    this.scope.writes.set(this.scope.entry(this.table, id), { item: undefined, added: false });
  }
}
