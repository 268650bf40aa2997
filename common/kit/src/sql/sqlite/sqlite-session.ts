import type BetterSqlite3 from 'better-sqlite3';
import { DatabaseFault, type Entries, type Entry, type OutboxRow, type Session, type Table } from '../../runtime';
import type { Mutex } from './mutex';
import { byName, sparseMax, sqlOf } from '../sql-text';
import { storedRecords } from '../outbox-rows';
import { prepareAnew } from './prepared-once';
import { faulty, whileBusy } from './sqlite-fault';

/**
 * Transactions on the one connection that writes to a SQLite database; producers take turns on it. Everything is done at once
 * and in memory but for the commit, so a turn is short.
 */
export class SqliteSession implements Session {
  private leave: (() => void) | undefined;
  /** The number of the transaction that was found not to be committed, and has a marker since. */
  private denied: number | undefined;
  private rollbacks = 0;

  constructor(
    readonly producer: number,
    private readonly statements: Statements,
    private readonly turns: Mutex,
  ) {}

  async load(wanted: Entries): Promise<void> {
    await this.begin();
    faulty(() => loadRows(this.statements, wanted));
  }

  async commit(commitNumber: number, rows: Entries, outbox: readonly OutboxRow[]): Promise<void> {
    await this.begin();
    try {
      faulty(() => {
        for (const [table, entries] of [...rows].sort(byName)) for (const entry of entries) this.write(table, entry);
        const insert = this.statements.of(
          'insert into kit_outbox (producer, last_seq, first_seq, records) values (?, ?, ?, ?)',
        );
        for (const row of storedRecords(outbox)) insert.run(this.producer, row.last_seq, row.first_seq, row.records);
        this.writeMarker(commitNumber);
        this.statements.of('commit').run();
      });
    } catch (error) {
      await this.rollback(); // at once: in memory, whoever looks does so on this connection
      throw error;
    }
    this.end();
  }

  /** Also of what still waits for its turn: that does not take it any more, or nobody would end it. */
  async rollback(): Promise<void> {
    this.rollbacks++;
    if (this.leave && this.statements.database.inTransaction) faulty(() => this.statements.of('rollback').run());
    this.end();
  }

  async wasCommitted(commitNumber: number): Promise<boolean> {
    await this.rollback();
    if (this.denied === commitNumber) return false;
    try {
      await whileBusy(() => this.turns.run(() => faulty(() => this.writeMarker(commitNumber))));
      this.denied = commitNumber;
      return false;
    } catch (error) {
      if (error instanceof DatabaseFault && error.kind === 'duplicate') return true;
      throw error;
    }
  }

  close(): Promise<void> {
    return this.rollback();
  }

  private async begin(): Promise<void> {
    if (this.leave) return;
    const { rollbacks } = this;
    const leave = await this.turns.enter();
    if (rollbacks !== this.rollbacks) {
      leave();
      throw new DatabaseFault('lost', 'the transaction was rolled back before its turn came');
    }
    this.leave = leave;
    faulty(() => this.statements.of('begin immediate').run());
  }

  private end(): void {
    this.leave?.();
    this.leave = undefined;
  }

  private writeMarker(commitNumber: number): void {
    this.statements
      .of('insert into kit_commit_markers (producer, commit_number) values (?, ?)')
      .run(this.producer, commitNumber);
  }

  private write(table: Table, { id, item, write }: Entry): void {
    const { insert, remove, rest, id: idColumn } = sqlOf(table);
    if (write === undefined) return;
    if (write === 'delete') return void this.statements.of(`${remove} = ?`).run(id);
    const values = `(${table.columns.map(() => '?').join(', ')})`;
    const updates = rest.map((column) => `${column} = excluded.${column}`).join(', ');
    const upsert = ` on conflict (${idColumn}) do ${updates ? `update set ${updates}` : 'nothing'}`;
    this.statements.of(insert + values + (write === 'upsert' ? upsert : '')).run(...table.toRow(item));
  }
}

/** Prepared statements of one connection, by their text. */
export class Statements {
  private readonly prepared = new Map<string, BetterSqlite3.Statement>();

  constructor(readonly database: BetterSqlite3.Database) {}

  of(sql: string): BetterSqlite3.Statement {
    let statement = this.prepared.get(sql);
    if (!statement) this.prepared.set(sql, (statement = prepareAnew(this.database, sql)));
    return statement;
  }
}

/** Fills in the entries that have a row. */
export function loadRows(statements: Statements, wanted: Entries): void {
  for (const [table, entries] of wanted) {
    const { select, id } = sqlOf(table);
    if (table.sparse) {
      const rows = statements
        .of(`${select} limit ${sparseMax + 1}`)
        .raw()
        .all() as any[][];
      if (rows.length <= sparseMax) {
        const found = new Map(rows.map((row) => [row[0], row]));
        for (const entry of entries) {
          entry.tableIsEmpty = rows.length === 0;
          fill(table, entry, found.get(entry.id));
        }
        continue;
      }
    }
    const one = statements.of(`${select} where ${id} = ?`).raw();
    for (const entry of entries) fill(table, entry, one.get(entry.id) as any[] | undefined);
  }
}

function fill(table: Table, entry: Entry, row: any[] | undefined): void {
  entry.stored = row !== undefined;
  entry.item = row && table.toItem(row);
}
