import {
  DatabaseFault,
  type Entries,
  type DatabaseFaultKind,
  type OutboxRow,
  type Session,
  type Writes,
} from '../runtime';
import type { Stores } from '../sql';

/** What a test lets happen to a commit: it fails in this way, after all (`lost after`) or before it is written. */
export type CommitFault = DatabaseFaultKind | 'lost after';

/** Says what happens to each commit, by what it writes. */
export type Commits = (rows: Writes['rows'], outbox: readonly OutboxRow[]) => CommitFault | undefined;

/** The same stores, whose commits fail as a test says, and which do not answer at all while it says so. */
export const faultyStores = (stores: Stores, commits: Commits, isDown: () => boolean = () => false): Stores => ({
  ...stores,
  database: {
    open: async (instance) => new FaultySession(await stores.database.open(instance), commits, isDown),
    look: (wanted) => stores.database.look(wanted),
    close: () => stores.database.close(),
  },
});

class FaultySession implements Session {
  constructor(
    private readonly session: Session,
    private readonly commits: Commits,
    private readonly isDown: () => boolean,
  ) {}

  get producer(): number {
    return this.session.producer;
  }

  async load(wanted: Entries): Promise<void> {
    this.answer();
    return this.session.load(wanted);
  }

  async commit(commitNumber: number, rows: Writes['rows'], outbox: readonly OutboxRow[]): Promise<void> {
    this.answer();
    const fault = this.commits(rows, outbox);
    if (fault && fault !== 'lost after') throw new DatabaseFault(fault, `the test lets this commit be ${fault}`);
    await this.session.commit(commitNumber, rows, outbox);
    if (fault) throw new DatabaseFault('lost', 'the test loses the answer to this commit');
  }

  async rollback(): Promise<void> {
    this.answer();
    return this.session.rollback();
  }

  async wasCommitted(commitNumber: number): Promise<boolean> {
    this.answer();
    return this.session.wasCommitted(commitNumber);
  }

  close(): Promise<void> {
    return this.session.close();
  }

  private answer(): void {
    if (this.isDown()) throw new DatabaseFault('lost', 'the test has taken the database away');
  }
}
