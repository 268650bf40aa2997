import type { Batch } from './batch';
import { Chore } from './chore';
import { Desk, type Engine } from './engine';
import type { Job, Lane, Outcome } from './lane';
import { NewerDefinition, silence, type Orchestrating } from './orchestrate';
import type { Due, SagaLedger } from './store';

const pollMs = 500;
const dueMax = 500;

/**
 * Looks for waits that are over. Whoever finds one, here or in another instance, only proposes to act on it: the saga's row
 * decides, in a transaction like any other, whether that ask is still unanswered.
 */
export class Timers {
  private readonly inHand = new Set<string>();
  readonly chore: Chore;

  constructor(
    private readonly engine: Engine,
    private readonly lane: Lane,
    private readonly sagas: ReadonlyMap<string, Orchestrating>,
    private readonly ledger: SagaLedger,
    /** False while silence may be our own fault. */
    private readonly mayFire: () => boolean,
    private readonly fired: (saga: string, outcome: 'needs-operator' | undefined) => void,
  ) {
    this.chore = new Chore(engine.environment, 'look for sagas that are due', pollMs, async () => {
      if (this.mayFire() && this.lane.healthy) await this.fire();
    });
  }

  get idle(): boolean {
    return this.inHand.size === 0 && this.chore.idle;
  }

  private async fire(): Promise<void> {
    for (const due of await this.ledger.due(this.engine.environment.clock.now(), dueMax)) {
      const to = this.sagas.get(due.saga);
      const id = `${due.saga}/${due.txId}`;
      if (!to || this.inHand.has(id)) continue;
      this.inHand.add(id);
      this.lane.submit(new Silence(this.engine, to, due, (outcome) => this.over(id, due.saga, outcome)));
    }
  }

  private over(id: string, saga: string, outcome: 'needs-operator' | 'failed' | undefined): void {
    this.inHand.delete(id);
    if (outcome === 'failed') return;
    if (outcome === 'needs-operator')
      this.engine.environment.log.error(
        { saga: id },
        'asked often enough without an answer: the saga needs an operator',
      );
    this.fired(saga, outcome);
  }
}

class Silence implements Job {
  readonly line = undefined;
  readonly bytes = 2_000;
  readonly alone = false;
  private outcome: 'needs-operator' | 'failed' | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly to: Orchestrating,
    private readonly due: Due,
    private readonly over: (outcome: 'needs-operator' | 'failed' | undefined) => void,
  ) {}

  ready(): boolean {
    return true;
  }

  async run(batch: Batch): Promise<Outcome> {
    const { saga, txId, asks } = this.due;
    try {
      this.outcome = await batch.attempt((scope) =>
        silence(new Desk(this.engine, scope, `${saga}/${txId}`), this.to, txId, asks),
      );
    } catch (error) {
      return this.fail(batch, error);
    }
    return 'go';
  }

  /** It stays due, and is found again. */
  async fail(_batch: Batch, error: unknown): Promise<Outcome> {
    const { saga, txId } = this.due;
    const { log } = this.engine.environment;
    if (!(error instanceof NewerDefinition))
      log.warn({ saga: `${saga}/${txId}`, error: String(error) }, 'could not act on a wait that is over');
    this.outcome = 'failed';
    return 'go';
  }

  committed(): void {
    this.over(this.outcome);
  }

  deferred(): void {}

  dropped(): void {
    this.over('failed');
  }
}
