import { setTimeout } from 'node:timers/promises';
import type { RowId } from '../ports';
import { Entry } from '../runtime/ports/entries';
import {
  DatabaseFault,
  type Database,
  type Entries,
  type DatabaseFaultKind,
  type OutboxRow,
  type Session,
  type Table,
} from '../runtime';

/** What is asked for: the entries of some ids. */
export const entriesOf = <Item, Id extends RowId>(of: Table<Item, Id>, ids: readonly Id[]): Entry[] =>
  ids.map((id) => new Entry(of, id));

/** Loads rows in the session's transaction; in the order of `ids`. */
export async function load<Item, Id extends RowId>(
  session: Session,
  of: Table<Item, Id>,
  ids: readonly Id[],
): Promise<(Item | undefined)[]> {
  const entries = entriesOf(of, ids);
  await session.load(new Map([[of, entries]]));
  return entries.map(({ item }) => item as Item | undefined);
}

/** What was last committed; in the order of `ids`. */
export async function look<Item, Id extends RowId>(
  { database }: { readonly database: Database },
  of: Table<Item, Id>,
  ids: readonly Id[],
): Promise<(Item | undefined)[]> {
  const entries = entriesOf(of, ids);
  await database.look(new Map([[of, entries]]));
  return entries.map(({ item }) => item as Item | undefined);
}

export const inserts = <Item>(into: Table<Item>, ...items: readonly Item[]): Entries => writes(into, 'insert', items);
export const upserts = <Item>(into: Table<Item>, ...items: readonly Item[]): Entries => writes(into, 'upsert', items);
export function deletes<Id extends RowId>(from: Table<any, Id>, ...ids: readonly Id[]): Entries {
  const entries = entriesOf(from, ids);
  for (const entry of entries) entry.write = 'delete';
  return new Map([[from, entries]]);
}

/** Several writes, to be done in one transaction. */
export function together(...parts: readonly Entries[]): Entries {
  const all = new Map<Table, readonly Entry[]>();
  for (const part of parts)
    for (const [table, entries] of part) all.set(table, [...(all.get(table) ?? []), ...entries]);
  return all;
}

export const nothing: Entries = new Map();

/** Rows of an outbox whose numbers begin after `seq`. */
export const outboxOf = (seq: number, ...values: readonly string[]): OutboxRow[] =>
  values.map((value, index) => ({ seq: seq + index + 1, topic: 'topic', key: 'key', value: Buffer.from(value) }));

/** Transactions of one producer, each done again while others are in its way. */
export class Worker {
  private commitNumbers = 0;

  constructor(readonly session: Session) {}

  /** Resolves with the number of the transaction that was committed. */
  async transact(work: () => Entries | Promise<Entries>, outbox: readonly OutboxRow[] = []): Promise<number> {
    for (let tries = 1; ; tries++) {
      const commitNumber = ++this.commitNumbers;
      try {
        await this.session.commit(commitNumber, await work(), outbox);
        return commitNumber;
      } catch (error) {
        await this.session.rollback();
        if (kindOf(error) !== 'conflict' || tries === triesMax) throw error;
      }
      await setTimeout(Math.min(tries, pauseMaxMs));
    }
  }
}
const triesMax = 2_000;
const pauseMaxMs = 10;

/** Opens a producer and writes once. */
export async function write(stores: { readonly database: Database }, rows: Entries): Promise<void> {
  const worker = new Worker(await stores.database.open('suite'));
  await worker.transact(() => rows);
  await worker.session.close();
}

/** What a fault is; anything else is thrown. */
export function kindOf(error: unknown): DatabaseFaultKind {
  if (error instanceof DatabaseFault) return error.kind;
  throw error;
}

/** Resolves with the kind of fault that something rejects with. */
export async function faultOf(doing: Promise<unknown>): Promise<DatabaseFaultKind> {
  const error = await doing.then(
    () => new Error('it was done'),
    (reason: unknown) => reason,
  );
  return kindOf(error);
}

function writes<Item>(table: Table<Item>, write: 'insert' | 'upsert', items: readonly Item[]): Entries {
  const entries = items.map((item) => {
    const entry = new Entry(table, table.idOf(item));
    entry.item = item;
    entry.write = write;
    return entry;
  });
  return new Map([[table, entries]]);
}
