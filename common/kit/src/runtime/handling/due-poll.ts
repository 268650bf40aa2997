import { failureOf } from '../ports/failure';
import { PeriodicTask } from '../relay/periodic-task';
import type { Attempt } from '../transaction/attempt';
import type { Batch } from '../transaction/batch';
import { CallJob, type CallResult } from '../transaction/call-job';
import type { TransactionQueue } from '../transaction/transaction-queue';
import type { Runtime } from './handler-context';

const pollMs = 500;
const dueMax = 500;

/** What is looked for, and what is done when its time has come. */
export interface DueWork<Due, Result> {
  /** What is done every now and then, for a log: `look for …`. */
  readonly looking: string;
  /** What is said when something due could not be acted on, once for all that is like it. */
  readonly failing: string;
  /** What is due, the longest overdue first; what is behind `after` in this order, if it is given. */
  find(now: Date, limit: number, after: Due | undefined): Promise<readonly Due[]>;
  idOf(due: Due): string;
  /** About how much acting on it writes. */
  bytesOf(due: Due): number;
  /** A row decides, in a transaction like any other, whether anything is to be done. */
  act(attempt: Attempt, due: Due): Promise<Result>;
  /** What was done is durable. */
  acted(due: Due, result: Result): void;
  /** What a failure has in common with others like it; `undefined` for one that others deal with. */
  kindOf(due: Due, error: unknown): string | undefined;
}

/**
 * Looks for what is due. Whoever finds something, here or in another instance, only proposes to act on it: a row decides. What
 * cannot be acted on stays due, and is found again.
 */
export class DuePoll<Due, Result> {
  private readonly inHand = new Set<string>();
  /** Where the next look goes on, so that what cannot be acted on hides nothing behind it. */
  private after: Due | undefined;
  /** Kinds of failures that were logged; forgotten when everything that is due was gone through without one. */
  private readonly logged = new Set<string>();
  private failed = false;
  readonly task: PeriodicTask;

  constructor(
    private readonly runtime: Runtime,
    private readonly queue: TransactionQueue,
    /** False while we may not know what others have done. */
    private readonly mayFire: () => boolean,
    private readonly work: DueWork<Due, Result>,
  ) {
    this.task = new PeriodicTask(runtime.environment, work.looking, pollMs, async () => {
      if (this.mayFire() && this.queue.outage === undefined) await this.fire();
    });
  }

  get idle(): boolean {
    return this.inHand.size === 0 && this.task.idle;
  }

  private async fire(): Promise<void> {
    if (this.inHand.size >= dueMax) return;
    if (!this.after && this.inHand.size === 0) this.beginAgain();
    const found = await this.work.find(this.runtime.clock.forWaits(), dueMax, this.after);
    if (found.length > 0 && !(await this.isSure())) return;
    this.after = found.length < dueMax ? undefined : found.at(-1);
    for (const due of found) {
      const id = this.work.idOf(due);
      if (this.inHand.has(id)) continue;
      this.inHand.add(id);
      this.queue.submit(this.jobFor(due));
    }
  }

  private jobFor(due: Due): CallJob<Result> {
    const call = (batch: Batch) => batch.attempt((attempt) => this.work.act(attempt, due));
    return new CallJob(call, (result) => this.over(due, result), this.work.bytesOf(due));
  }

  /** Timers of a process that stood still fire late, and this one may be the first of them. */
  private async isSure(): Promise<boolean> {
    const { clock } = this.runtime;
    await clock.beat();
    await clock.read();
    return this.mayFire();
  }

  private beginAgain(): void {
    if (!this.failed) this.logged.clear();
    this.failed = false;
  }

  private over(due: Due, result: CallResult<Result>): void {
    const id = this.work.idOf(due);
    this.inHand.delete(id);
    if ('value' in result) this.work.acted(due, result.value);
    else if ('error' in result) this.say(id, result.error, this.work.kindOf(due, result.error));
  }

  private say(id: string, error: unknown, kind: string | undefined): void {
    if (kind === undefined) return;
    this.failed = true;
    if (this.logged.has(kind)) return;
    this.logged.add(kind);
    const { log } = this.runtime.environment;
    log.warn({ id, error: failureOf(error) }, this.work.failing);
    log.debug({ id, error: String(error) }, 'that is what it has failed with');
  }
}
