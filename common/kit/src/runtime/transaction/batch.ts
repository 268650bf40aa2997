import { Unprocessable } from '../../unprocessable';
import type { ProducerRecord } from '../ports/broker';
import { Entry, type Entries, type Writes } from '../ports/entries';
import type { Table } from '../ports/table';
import { Attempt, type RowLoader } from './attempt';

/** What is done one after the other; tasks take turns. */
export type KeyedTasks = (batch: Batch) => Promise<void>;

const triesMax = 100;

/**
 * One database transaction shared by many. Tasks take turns: one runs until it has to wait for rows, then the next; when
 * nobody can run, all the rows that were asked for are loaded together. What a piece of work has written joins the batch
 * only if nobody changed what it had read; else it runs again, on rows that are here by now. So the outcome is that of
 * some order of one after the other, at the cost of a handful of statements.
 * Source: optimistic concurrency control with backward validation (Kung & Robinson, 1981), inside one transaction.
 */
export class Batch implements RowLoader {
  private readonly tables = new Map<Table, Map<string | number, Entry>>();
  private readonly written = new Map<Table, Set<Entry>>();
  private readonly sent: ProducerRecord[] = [];
  /** What is to be called once this is committed. */
  readonly afterwards: (() => void)[] = [];
  private wanted = new Map<Table, Set<Entry>>();
  private resting: (() => void)[] = [];
  private open = 0;
  private failure: { readonly error: unknown } | undefined;
  private turnIsOver: () => void = () => {};

  /** `checksExisting`: a row that is added is looked for first. For a batch that ran into a duplicate key. */
  constructor(
    private readonly load: (wanted: Entries) => Promise<void>,
    private readonly checksExisting = false,
  ) {}

  /** Resolves when every task has ended; rejects with what a task or a load threw. Once. */
  async run(strands: readonly KeyedTasks[]): Promise<void> {
    this.open = strands.length;
    for (const strand of strands) await this.turn(() => this.start(strand));
    while (this.open > 0) {
      const rested = this.resting.splice(0);
      if (rested.length > 0) await this.loadWanted();
      else await this.turn(() => {}); // somebody runs though it is not their turn
      for (const goOn of rested) await this.turn(goOn);
    }
  }

  /** Runs `work` until nobody has changed what it read meanwhile; its writes join, or what it throws is thrown. */
  async attempt<T>(work: (attempt: Attempt) => Promise<T>, checksExisting = this.checksExisting): Promise<T> {
    for (let tries = 0; tries < triesMax; tries++) {
      const attempt = new Attempt(this, checksExisting);
      let outcome: { readonly value: T } | { readonly error: unknown };
      try {
        outcome = { value: await work(attempt) };
        if (checksExisting) await this.lookForAdded(attempt);
      } catch (error) {
        outcome = { error };
      }
      if (this.failure) return new Promise(() => {}); // the same work has been begun anew in another batch
      if (!attempt.isUpToDate()) continue;
      if ('error' in outcome) throw outcome.error;
      if (attempt.added().some(({ item }) => item !== undefined)) {
        checksExisting = true;
        continue;
      }
      this.join(attempt);
      return outcome.value;
    }
    throw new Error(`others changed the same rows ${triesMax} times in a row`);
  }

  /** Ends `run` with this error, whatever its tasks are doing; none of them gets another turn. */
  abandon(error: unknown): void {
    this.failure ??= { error };
    this.turnIsOver();
  }

  writes(): Writes {
    return { rows: listed(this.written, ({ write }) => write !== undefined), sent: this.sent };
  }

  entry(table: Table, id: string | number): Entry {
    let entries = this.tables.get(table);
    if (!entries) this.tables.set(table, (entries = new Map()));
    let entry = entries.get(id);
    if (!entry) entries.set(id, (entry = new Entry(table, id)));
    return entry;
  }

  want(entries: readonly Entry[]): void {
    for (const entry of entries) collect(this.wanted, entry);
  }

  /** Ends the turn of whoever calls; resolves when the rows that are wanted by now are here. */
  rest(): Promise<void> {
    return new Promise((goOn) => {
      this.resting.push(goOn);
      this.turnIsOver();
    });
  }

  private async turn(begin: () => void): Promise<void> {
    this.goOnUnlessFailed(); // it may have been abandoned during a load: nobody would end this turn
    await new Promise<void>((over) => {
      this.turnIsOver = over;
      begin();
    });
    this.goOnUnlessFailed();
  }

  private goOnUnlessFailed(): void {
    if (this.failure) throw this.failure.error;
  }

  private start(strand: KeyedTasks): void {
    const ended = () => {
      this.open--;
      this.turnIsOver();
    };
    strand(this).then(ended, (error: unknown) => {
      this.failure ??= { error };
      ended();
    });
  }

  private async loadWanted(): Promise<void> {
    const wanted = listed(this.wanted, ({ here }) => !here); // what was added meanwhile is not to be overwritten
    this.wanted = new Map();
    if (wanted.size > 0) await this.load(wanted);
    for (const entries of wanted.values()) for (const entry of entries) entry.here = true;
  }

  private async lookForAdded(attempt: Attempt): Promise<void> {
    const added = attempt.added();
    await attempt.fetch(added);
    const there = added.find(({ item }) => item !== undefined);
    if (!there) return;
    await this.lookAgain(attempt);
    throw new Unprocessable(`${there.table.name}: ${there.id} is there already`);
  }

  /** A row that is not there cannot be locked: it may have come with the one that was to be added. */
  private async lookAgain(attempt: Attempt): Promise<void> {
    const absent = [...attempt.reads.keys()].filter(({ stored, write }) => !stored && write === undefined);
    for (const entry of absent) entry.here = false;
    await attempt.fetch(absent);
    for (const entry of absent) if (entry.stored) entry.version++;
  }

  private join(attempt: Attempt): void {
    for (const [entry, { item, added }] of attempt.writes) {
      entry.write = writeOf(entry, item, added);
      entry.item = item;
      entry.here = true;
      entry.version++;
      collect(this.written, entry);
    }
    this.sent.push(...attempt.sent);
    this.afterwards.push(...attempt.afterwards);
  }
}

function writeOf(entry: Entry, item: unknown, added: boolean): Entry['write'] {
  const isNew = entry.write === 'insert' || added || (entry.here && !entry.stored && entry.write === undefined);
  if (item === undefined) return isNew ? undefined : 'delete';
  if (entry.write === 'delete') return 'upsert'; // the database may have the row that is not to be there any more
  return isNew ? 'insert' : 'upsert';
}

function collect(into: Map<Table, Set<Entry>>, entry: Entry): void {
  const entries = into.get(entry.table);
  if (entries) entries.add(entry);
  else into.set(entry.table, new Set([entry]));
}

function listed(
  entries: ReadonlyMap<Table, ReadonlySet<Entry>>,
  which: (entry: Entry) => boolean = () => true,
): Entries {
  const lists = new Map<Table, readonly Entry[]>();
  for (const [table, some] of entries) {
    const list = [...some].filter(which);
    if (list.length > 0) lists.set(table, list);
  }
  return lists;
}
