import type { DueWork } from '../handling/due-poll';
import { HandlerContext } from '../handling/handler-context';
import type { OverdueSaga, SagaStore } from '../ports/store';
import type { Attempt } from '../transaction/attempt';
import type { IsUnreachable, BoundOrchestrator, SagaRuntime } from './orchestrate';
import { NewerDefinition } from './saga-definition';

/** What becomes of the attempt of a saga whose wait is over. */
export type TimeoutOutcome = 'needs-operator' | 'cut-off' | undefined;

/** Acts on waits of sagas that are over: the saga's row decides whether that attempt is still unanswered. */
export class Timeouts implements DueWork<OverdueSaga, TimeoutOutcome> {
  readonly looking = 'look for sagas that are due';
  readonly failing = 'could not act on a wait that is over; perhaps on others like it neither';

  constructor(
    private readonly runtime: SagaRuntime,
    private readonly sagas: ReadonlyMap<string, BoundOrchestrator>,
    private readonly sagaStore: SagaStore,
    /** Whether messages of a topic and key cannot be sent or read, while others can: then nobody could answer. */
    private readonly isUnreachable: IsUnreachable,
    private readonly fired: (saga: string, outcome: 'needs-operator' | undefined) => void,
  ) {}

  async find(now: Date, limit: number, after: OverdueSaga | undefined): Promise<readonly OverdueSaga[]> {
    return this.sagas.size === 0 ? [] : this.sagaStore.due([...this.sagas.keys()], now, limit, after);
  }

  idOf({ saga, txId }: OverdueSaga): string {
    return `${saga}/${txId}`;
  }

  bytesOf(): number {
    return 2_000;
  }

  act(attempt: Attempt, due: OverdueSaga): Promise<TimeoutOutcome> {
    const { saga, txId, attempts } = due;
    return this.runtime.sagas.timeOut(
      new HandlerContext(this.runtime, attempt, this.idOf(due)),
      this.sagas.get(saga)!,
      { txId, attempts, isUnreachable: this.isUnreachable },
    );
  }

  acted(due: OverdueSaga, outcome: TimeoutOutcome): void {
    if (outcome === 'cut-off') return;
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
