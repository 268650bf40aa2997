import type { PendingCommand } from '../../saga-runner';
import type { DueWork } from '../handling/due-poll';
import { HandlerContext } from '../handling/handler-context';
import type { OverdueSaga, SagaStore } from '../ports/store';
import { sagaTable } from '../ports/saga-tables';
import type { Attempt } from '../transaction/attempt';
import type { IsUnreachable, BoundOrchestrator, SagaRuntime } from './orchestrate';
import { NewerDefinition } from './saga-definition';
import type { UnreadCommands } from './unread-commands';

/** What becomes of the attempt of a saga whose wait is over. */
export type TimeoutOutcome = 'needs-operator' | 'cut-off' | 'put off' | undefined;

/** Of a service: its sagas, and where they are. */
interface SagaParts {
  readonly routing: { readonly orchestrators: ReadonlyMap<string, BoundOrchestrator> };
  readonly sagaStore: SagaStore;
}

/** Acts on waits of sagas that are over: the saga's row decides whether that attempt is still unanswered. */
export class Timeouts implements DueWork<OverdueSaga, TimeoutOutcome> {
  readonly looking = 'look for sagas that are due';
  private readonly sagas: ReadonlyMap<string, BoundOrchestrator>;
  private readonly sagaStore: SagaStore;
  readonly failing = 'could not act on a wait that is over; perhaps on others like it neither';

  constructor(
    private readonly runtime: SagaRuntime,
    { routing, sagaStore }: SagaParts,
    /** Whether messages of a topic and key cannot be sent or read, while others can: then nobody could answer. */
    private readonly isUnreachable: IsUnreachable,
    private readonly unread: UnreadCommands,
    private readonly fired: (saga: string, outcome: 'needs-operator' | undefined) => void,
  ) {
    this.sagas = routing.orchestrators;
    this.sagaStore = sagaStore;
  }

  async find(now: Date, limit: number, after: OverdueSaga | undefined): Promise<readonly OverdueSaga[]> {
    return this.sagas.size === 0 ? [] : this.sagaStore.due([...this.sagas.keys()], now, limit, after);
  }

  idOf({ saga, txId }: OverdueSaga): string {
    return `${saga}/${txId}`;
  }

  bytesOf(): number {
    return 2_000;
  }

  async act(attempt: Attempt, due: OverdueSaga): Promise<TimeoutOutcome> {
    const { saga, txId, attempts } = due;
    if (await this.isPutOff(attempt, due)) return 'put off';
    return this.runtime.sagas.timeOut(
      new HandlerContext(this.runtime, attempt, this.idOf(due)),
      this.sagas.get(saga)!,
      { txId, attempts, isUnreachable: this.isUnreachable },
    );
  }

  /**
   * A deadline does not count the time in which its command could not be sent, or its answer not be read, nor that in which
   * the command was seen to wait unread: it begins anew after that.
   */
  private async isPutOff(attempt: Attempt, due: OverdueSaga): Promise<boolean> {
    const rows = attempt.rows(sagaTable);
    const row = await rows.get(this.idOf(due));
    if (!row?.dueAt || row.attempts !== due.attempts || row.status !== 'running') return false;
    const { saga, awaited } = this.runtime.sagas.look(row);
    const isDeadline = saga.steps.some((step) => step.kind === 'compensatable' && step.do.name === row.step);
    const waitMs = awaited?.waitMs(due.attempts);
    if (!awaited || !isDeadline || waitMs === undefined) return false;
    const heldMs = this.heldUntilMs(awaited.command, due.txId, row.updatedAt.getTime());
    if (heldMs === undefined || heldMs + waitMs <= this.runtime.clock.forWaits().getTime()) return false;
    rows.put({ ...row, dueAt: new Date(heldMs + waitMs) });
    return true;
  }

  /** Until when nobody could have answered. */
  private heldUntilMs({ topic, reply }: PendingCommand['command'], txId: string, askedMs: number): number | undefined {
    const isCutOff = this.isUnreachable(topic, txId) || this.isUnreachable(reply.topic, txId);
    return isCutOff ? this.runtime.clock.now().getTime() : this.unread.untilMs(topic, txId, askedMs);
  }

  acted(due: OverdueSaga, outcome: TimeoutOutcome): void {
    if (outcome === 'cut-off' || outcome === 'put off') return;
    if (outcome === 'needs-operator')
      this.runtime.environment.log.error(
        { saga: this.idOf(due) },
        'there were enough attempts without an answer: the saga needs an operator',
      );
    this.fired(due.saga, outcome);
  }

  kindOf({ saga }: OverdueSaga, error: unknown): string | undefined {
    if (error instanceof NewerDefinition) return undefined;
    return `${saga} ${error instanceof Error ? error.name : typeof error}`;
  }
}
