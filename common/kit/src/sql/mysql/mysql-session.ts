import { DatabaseFault, type Entries, type OutboxRow, type Session } from '../../runtime';
import type { MysqlConnection } from './mysql-connection';
import { loadsOf, run } from './mysql-loads';
import { writesOf } from './mysql-writes';

/**
 * Transactions on a connection of their own: one round trip for all the rows that are asked for, and one for all that is
 * written. A connection that has failed is replaced by `rollback` or `wasCommitted` only.
 */
export class MysqlSession implements Session {
  private transaction: 'none' | 'open' | 'failed' = 'none';
  /**
   * The number of the transaction that was found not to be committed. Its marker is there since: of those who ask
   * again, nobody may take it for a commit's.
   */
  private denied: number | undefined;

  /** `connect` resolves when nothing that this producer has begun on another connection is under way any more. */
  constructor(
    readonly producer: number,
    private connection: MysqlConnection,
    private readonly connect: () => Promise<MysqlConnection>,
  ) {}

  async load(wanted: Entries): Promise<void> {
    const begin = this.begin();
    const loads = refusing(() => loadsOf(wanted));
    await this.during(() => run(this.connection, begin, loads));
  }

  async commit(commitNumber: number, rows: Entries, outbox: readonly OutboxRow[]): Promise<void> {
    const begin = this.begin();
    const trips = refusing(() => {
      const { packet } = this.connection;
      return packet.trips([
        ...begin,
        ...writesOf(rows, this.producer, outbox, packet),
        this.writeMarker(commitNumber),
        'commit',
        idle,
      ]);
    });
    await this.during(async () => {
      for (const statements of trips) await this.connection.ask(statements);
    });
    this.transaction = 'none';
  }

  async rollback(): Promise<void> {
    if (!this.connection.alive) this.connection = await this.connect();
    else if (this.transaction !== 'none') await this.connection.ask(['rollback', idle]);
    this.transaction = 'none';
  }

  async wasCommitted(commitNumber: number): Promise<boolean> {
    await this.rollback();
    const again = this.denied === commitNumber;
    if (!again && (await this.isMarked(commitNumber))) return true;
    try {
      await this.connection.ask([this.writeMarker(commitNumber)]);
    } catch (error) {
      if (kindOf(error) === 'duplicate') return !again;
      if (kindOf(error) === 'lost') this.denied = commitNumber; // perhaps it is there now
      throw error;
    }
    this.denied = commitNumber;
    return false;
  }

  async close(): Promise<void> {
    if (this.connection.alive && this.transaction !== 'none') await this.rollback().catch(() => {}); // it ends with its connection
    await this.connection.end();
  }

  /**
   * Begins the transaction if there is none. While there is one, the server waits no longer for this process than the
   * process would for the server: whoever was stopped, or is gone without a word, would hold everybody up with its locks.
   */
  private begin(): readonly string[] {
    if (this.transaction === 'failed') throw new DatabaseFault('refused', 'the transaction has failed: roll it back');
    const seconds = Math.ceil(this.connection.answerMs / 1_000);
    return this.transaction === 'none' ? [`set session wait_timeout = ${seconds}`, 'begin'] : [];
  }

  private async during(work: () => Promise<void>): Promise<void> {
    this.transaction = 'failed'; // unless it succeeds: whatever was done of it stays undone
    await work();
    this.transaction = 'open';
  }

  private writeMarker(commitNumber: number): string {
    return `insert into kit_commit_markers (producer, commit_number) values (${this.producer}, ${commitNumber})`;
  }

  private async isMarked(commitNumber: number): Promise<boolean> {
    const [rows] = await this.connection.ask([
      `select commit_number from kit_commit_markers where producer = ${this.producer} and commit_number = ${commitNumber}`,
    ]);
    return rows.length > 0;
  }
}

/** Outside of a transaction nobody waits for this connection. */
const idle = 'set session wait_timeout = default';

const kindOf = (error: unknown): unknown => (error instanceof DatabaseFault ? error.kind : undefined);

/** What cannot be said in SQL is refused, before anything of it is done. */
function refusing<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof DatabaseFault) throw error;
    throw new DatabaseFault('refused', (error as Error).message, { cause: error });
  }
}
