import { backOffMs } from '../ports/back-off';
import { Batch } from './batch';
import { keyedTasksOf, type Job } from './job';
import { numberEvents } from './number-events';
import { pause, type Environment } from '../ports/environment';
import type { Publisher } from '../relay/publisher';
import { transactionEnded } from '../tracing/spans';
import { DatabaseFault, type DatabaseFaultKind, type OutboxRow, type Session } from '../ports/store';

const jobsMax = 500;
/** Well below what a database takes in one packet, also when written as hexadecimal text. */
const bytesMax = 2_000_000;
/** For all the handlers of one transaction; they only wait for rows. */
const handlersMs = 20_000;
/** How often a whole batch is tried again, before its jobs are tried one by one. */
const roundsMax = 5;
const pauses = { firstMs: 10, mostMs: 5_000 };
/** How long others may be in the way of a transaction. Then its jobs are tried one by one, and who is still barred is told. */
const barredMs = 6_000;

/** Is told of what was committed. */
export interface TransactionObserver {
  /** With events of aggregates. */
  appended(): void;
  committed(jobs: number, durationMs: number): void;
}

/** One connection, one transaction at a time, and in each one as many jobs as have gathered meanwhile. */
export class TransactionQueue {
  private readonly queue: Job[] = [];
  private readonly calls: (() => void)[] = [];
  private working: Promise<void> | undefined;
  private stopped = false;
  private commitNumber = 0;
  private seq = 0;
  private down: string | undefined;

  constructor(
    private readonly session: Session,
    private readonly publisher: Publisher,
    private readonly environment: Environment,
    private readonly observer: TransactionObserver,
  ) {}

  get waiting(): number {
    return this.queue.length;
  }

  get idle(): boolean {
    return this.working === undefined;
  }

  /** So much is waiting for the broker that nothing more is begun. */
  get full(): boolean {
    return this.publisher.full;
  }

  /** Why the database did not answer when it was last asked; `undefined` when it did. */
  get outage(): string | undefined {
    return this.down;
  }

  submit(job: Job): void {
    if (this.stopped) return job.dropped();
    this.queue.push(job);
    this.working ??= this.workSoon();
  }

  /** Before all that is waiting. */
  submitFirst(job: Job): void {
    if (this.stopped) return job.dropped();
    this.queue.unshift(job);
    this.working ??= this.workSoon();
  }

  /** Calls it when no transaction is under way: whoever was not ready in one does not become so before it is over. */
  between(call: () => void): void {
    this.calls.push(call);
    this.working ??= this.workSoon();
  }

  /** Drops what has not begun, and resolves when what has begun is committed or rolled back. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const job of this.queue.splice(0)) job.dropped();
    await this.working;
    await this.session.close();
  }

  private async workSoon(): Promise<void> {
    await new Promise<void>((turn) => this.environment.clock.soon(turn)); // whatever else arrives in this tick rides along
    while (this.queue.length > 0 || this.calls.length > 0) {
      await this.publisher.room();
      const jobs = this.take();
      if (jobs.length > 0) await this.transact(jobs);
    }
    this.working = undefined;
  }

  private take(): Job[] {
    for (const call of this.calls.splice(0)) call();
    const jobs: Job[] = [];
    let bytes = 0;
    for (;;) {
      const job = this.queue[0];
      if (!job || jobs.length === jobsMax || bytes > bytesMax || (job.alone && jobs.length > 0)) return jobs;
      this.queue.shift();
      if (!job.ready()) {
        job.deferred();
        continue;
      }
      jobs.push(job);
      bytes += job.bytes;
      if (job.alone) return jobs;
    }
  }

  /** Commits these jobs: together, else one by one. Waits for the database as long as it takes. */
  private async transact(jobs: readonly Job[], patienceMs = barredMs): Promise<void> {
    let checksExisting = false;
    let failure: { readonly error: unknown } | undefined;
    const beganMs = this.nowMs();
    const patient = () => this.nowMs() - beganMs < (jobs[0]?.alone ? 0 : patienceMs);
    for (let round = 1; !this.stopped; round++) {
      const beganAt = new Date();
      const fault = await this.tryOnce(jobs, checksExisting, failure);
      transactionEnded(beganAt, jobs, fault?.kind);
      if (!fault) return;
      if (fault.kind === 'duplicate' && round <= roundsMax) checksExisting = true;
      else if (fault.kind === 'conflict' ? patient() : fault.kind === 'lost' && round <= roundsMax)
        await this.pause(round);
      else if (jobs.length > 1) return this.oneByOne(jobs, fault.kind === 'conflict' ? 0 : barredMs);
      else if (!failure) failure = fault;
      else await this.pause(round);
    }
    for (const job of jobs) job.dropped();
  }

  private async oneByOne(jobs: readonly Job[], patienceMs: number): Promise<void> {
    for (const job of jobs) {
      if (job.ready()) await this.transact([job], patienceMs);
      else job.deferred();
    }
  }

  private async tryOnce(
    jobs: readonly Job[],
    checksExisting: boolean,
    failure?: { readonly error: unknown },
  ): Promise<Fault | undefined> {
    const beganMs = this.nowMs();
    const commitNumber = ++this.commitNumber;
    const batch = new Batch((wanted) => this.session.load(wanted), checksExisting);
    const left = new Set<Job>();
    let outbox: readonly OutboxRow[] | undefined;
    let appended = false;
    try {
      await this.limited(batch, batch.run(keyedTasksOf(jobs, left, failure)));
      const { rows: written, sent } = batch.writes();
      const rows = await numberEvents(written, this.session);
      appended = rows !== written;
      outbox = sent.map((record) => ({ ...record, seq: ++this.seq }));
      if (rows.size > 0 || outbox.length > 0) await this.session.commit(commitNumber, rows, outbox);
      else await this.session.rollback();
    } catch (error) {
      const fault: Fault = { kind: error instanceof DatabaseFault ? error.kind : 'refused', error };
      const committed = await this.recover(fault, outbox && commitNumber);
      if (!committed) return fault;
    }
    this.publisher.push(this.session.producer, commitNumber, outbox!);
    if (appended) this.observer.appended();
    this.observer.committed(jobs.length, this.nowMs() - beganMs);
    for (const call of batch.afterwards) call();
    for (const job of jobs)
      if (left.has(job)) job.deferred();
      else job.committed();
    return undefined;
  }

  /** Makes the session usable again. True when it turns out that it was committed after all. */
  private async recover({ kind, error }: Fault, committing: number | undefined): Promise<boolean> {
    for (let tries = 1; !this.stopped; tries++) {
      try {
        const done = kind === 'lost' && committing !== undefined && (await this.session.wasCommitted(committing));
        if (!done) await this.session.rollback();
        this.down = undefined;
        return done;
      } catch (again) {
        if (this.down === undefined)
          this.environment.log.error(
            { error: String(error), now: String(again) },
            'the database does not answer; waiting for it',
          );
        this.down = again instanceof Error ? again.message : String(again);
        kind = 'lost';
        await this.pause(tries);
      }
    }
    return false;
  }

  /** A handler that hangs would hold up everybody: after a while the batch is given up, and its jobs are tried one by one. */
  private async limited(batch: Batch, run: Promise<void>): Promise<void> {
    const cancel = this.environment.clock.after(handlersMs, () =>
      batch.abandon(new Error(`a handler has not come to an end within ${handlersMs} ms`)),
    );
    try {
      await run;
    } finally {
      cancel();
    }
  }

  private nowMs(): number {
    return this.environment.clock.monotonicMs();
  }

  private pause(tries: number): Promise<void> {
    return pause(this.environment, backOffMs(tries, pauses, this.environment.random()));
  }
}

type Fault = { readonly kind: DatabaseFaultKind; readonly error: unknown };
