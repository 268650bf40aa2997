import type { Batch } from '../transaction/batch';
import { PeriodicTask } from '../relay/periodic-task';
import { HandlerContext } from '../handling/handler-context';
import type { Job, TransactionQueue, Outcome } from '../transaction/transaction-queue';
import { NewerDefinition, type IsUnreachable, type BoundOrchestrator, type SagaRuntime } from './orchestrate';
import type { OverdueSaga, SagaStore } from '../ports/store';

const pollMs = 500;
const dueMax = 500;

/**
 * Looks for waits that are over. Whoever finds one, here or in another instance, only proposes to act on it: the saga's row
 * decides, in a transaction like any other, whether that attempt is still unanswered.
 */
export class Timeouts {
  private readonly inHand = new Set<string>();
  /** Where the next look goes on, so that what cannot be acted on hides nothing behind it. */
  private after: OverdueSaga | undefined;
  /** Kinds of failures that were logged; forgotten when everything that is due was gone through without one. */
  private readonly logged = new Set<string>();
  private failing = false;
  readonly task: PeriodicTask;

  constructor(
    private readonly runtime: SagaRuntime,
    private readonly queue: TransactionQueue,
    private readonly sagas: ReadonlyMap<string, BoundOrchestrator>,
    private readonly sagaStore: SagaStore,
    /** False while it may be our own fault that no answer has come. */
    private readonly mayFire: () => boolean,
    /** Whether messages of a topic and key cannot be sent or read, while others can: then nobody could answer. */
    private readonly isUnreachable: IsUnreachable,
    private readonly fired: (saga: string, outcome: 'needs-operator' | undefined) => void,
  ) {
    this.task = new PeriodicTask(runtime.environment, 'look for sagas that are due', pollMs, async () => {
      if (this.mayFire() && this.queue.outage === undefined) await this.fire();
    });
  }

  get idle(): boolean {
    return this.inHand.size === 0 && this.task.idle;
  }

  private async fire(): Promise<void> {
    if (this.sagas.size === 0 || this.inHand.size >= dueMax) return;
    if (!this.after && this.inHand.size === 0) this.beginAgain();
    const { clock } = this.runtime;
    const found = await this.sagaStore.due([...this.sagas.keys()], clock.forWaits(), dueMax, this.after);
    if (found.length > 0 && !(await this.isSure())) return;
    this.after = found.length < dueMax ? undefined : found.at(-1);
    for (const due of found) {
      const id = `${due.saga}/${due.txId}`;
      if (this.inHand.has(id)) continue;
      this.inHand.add(id);
      const over = (outcome: TimeoutOutcome) => this.over(id, due.saga, outcome);
      this.queue.submit(new TimeoutJob(this.runtime, this.sagas.get(due.saga)!, due, this.isUnreachable, over));
    }
  }

  /** Timers of a process that stood still fire late, and this one may be the first of them. */
  private async isSure(): Promise<boolean> {
    const { clock } = this.runtime;
    await clock.beat();
    await clock.read();
    return this.mayFire();
  }

  private beginAgain(): void {
    if (!this.failing) this.logged.clear();
    this.failing = false;
  }

  private over(id: string, saga: string, outcome: TimeoutOutcome): void {
    this.inHand.delete(id);
    if (outcome === 'dropped' || outcome === 'cut-off') return;
    if (typeof outcome === 'object') return this.failed(id, saga, outcome.error);
    if (outcome === 'needs-operator')
      this.runtime.environment.log.error(
        { saga: id },
        'there were enough attempts without an answer: the saga needs an operator',
      );
    this.fired(saga, outcome);
  }

  /** It stays due, and is found again. */
  private failed(id: string, saga: string, error: unknown): void {
    if (error instanceof NewerDefinition) return;
    this.failing = true;
    const kind = `${saga} ${error instanceof Error ? error.name : typeof error}`;
    if (!this.logged.has(kind))
      this.runtime.environment.log.warn(
        { saga: id, error: String(error) },
        'could not act on a wait that is over; perhaps on others like it neither',
      );
    this.logged.add(kind);
  }
}

type TimeoutOutcome = 'needs-operator' | 'cut-off' | 'dropped' | { readonly error: unknown } | undefined;

class TimeoutJob implements Job {
  readonly orderingKey = undefined;
  readonly bytes = 2_000;
  readonly alone = false;
  private outcome: TimeoutOutcome;

  constructor(
    private readonly runtime: SagaRuntime,
    private readonly to: BoundOrchestrator,
    private readonly due: OverdueSaga,
    private readonly isUnreachable: IsUnreachable,
    private readonly over: (outcome: TimeoutOutcome) => void,
  ) {}

  ready(): boolean {
    return true;
  }

  async run(batch: Batch): Promise<Outcome> {
    const { saga, txId, attempts } = this.due;
    try {
      this.outcome = await batch.attempt((attempt) =>
        this.runtime.sagas.timeOut(new HandlerContext(this.runtime, attempt, `${saga}/${txId}`), this.to, {
          txId,
          attempts,
          isUnreachable: this.isUnreachable,
        }),
      );
    } catch (error) {
      return this.fail(batch, error);
    }
    return 'go';
  }

  async fail(_batch: Batch, error: unknown): Promise<Outcome> {
    this.outcome = { error };
    return 'go';
  }

  committed(): void {
    this.over(this.outcome);
  }

  deferred(): void {}

  dropped(): void {
    this.over('dropped');
  }
}
