import type { Batch } from './batch';
import { Chore } from './chore';
import { Desk, type Engine } from './engine';
import type { Job, Lane, Outcome } from './lane';
import { NewerDefinition, silence, type CutOff, type Orchestrating } from './orchestrate';
import type { Due, SagaLedger } from './store';

const pollMs = 500;
const dueMax = 500;

/**
 * Looks for waits that are over. Whoever finds one, here or in another instance, only proposes to act on it: the saga's row
 * decides, in a transaction like any other, whether that ask is still unanswered.
 */
export class Timers {
  private readonly inHand = new Set<string>();
  /** Where the next look goes on, so that what cannot be acted on hides nothing behind it. */
  private after: Due | undefined;
  /** Kinds of failures that were logged; forgotten when everything that is due was gone through without one. */
  private readonly told = new Set<string>();
  private failing = false;
  readonly chore: Chore;

  constructor(
    private readonly engine: Engine,
    private readonly lane: Lane,
    private readonly sagas: ReadonlyMap<string, Orchestrating>,
    private readonly ledger: SagaLedger,
    /** False while silence may be our own fault. */
    private readonly mayFire: () => boolean,
    /** Whether messages of a topic and key cannot be sent or read, while others can: then silence is no answer either. */
    private readonly cutOff: CutOff,
    private readonly fired: (saga: string, outcome: 'needs-operator' | undefined) => void,
  ) {
    this.chore = new Chore(engine.environment, 'look for sagas that are due', pollMs, async () => {
      if (this.mayFire() && this.lane.outage === undefined) await this.fire();
    });
  }

  get idle(): boolean {
    return this.inHand.size === 0 && this.chore.idle;
  }

  private async fire(): Promise<void> {
    if (this.sagas.size === 0 || this.inHand.size >= dueMax) return;
    if (!this.after && this.inHand.size === 0) this.beginAgain();
    const { clock } = this.engine;
    const found = await this.ledger.due([...this.sagas.keys()], clock.forWaits(), dueMax, this.after);
    if (found.length > 0 && !(await this.isSure())) return;
    this.after = found.length < dueMax ? undefined : found.at(-1);
    for (const due of found) {
      const id = `${due.saga}/${due.txId}`;
      if (this.inHand.has(id)) continue;
      this.inHand.add(id);
      const over = (outcome: SilenceOutcome) => this.over(id, due.saga, outcome);
      this.lane.submit(new Silence(this.engine, this.sagas.get(due.saga)!, due, this.cutOff, over));
    }
  }

  /** Timers of a process that stood still fire late, and this one may be the first of them. */
  private async isSure(): Promise<boolean> {
    const { clock } = this.engine;
    await clock.beat();
    await clock.read();
    return this.mayFire();
  }

  private beginAgain(): void {
    if (!this.failing) this.told.clear();
    this.failing = false;
  }

  private over(id: string, saga: string, outcome: SilenceOutcome): void {
    this.inHand.delete(id);
    if (outcome === 'dropped' || outcome === 'cut-off') return;
    if (typeof outcome === 'object') return this.failed(id, saga, outcome.error);
    if (outcome === 'needs-operator')
      this.engine.environment.log.error(
        { saga: id },
        'asked often enough without an answer: the saga needs an operator',
      );
    this.fired(saga, outcome);
  }

  /** It stays due, and is found again. */
  private failed(id: string, saga: string, error: unknown): void {
    if (error instanceof NewerDefinition) return;
    this.failing = true;
    const kind = `${saga} ${error instanceof Error ? error.name : typeof error}`;
    if (!this.told.has(kind))
      this.engine.environment.log.warn(
        { saga: id, error: String(error) },
        'could not act on a wait that is over; perhaps on others like it neither',
      );
    this.told.add(kind);
  }
}

type SilenceOutcome = 'needs-operator' | 'cut-off' | 'dropped' | { readonly error: unknown } | undefined;

class Silence implements Job {
  readonly line = undefined;
  readonly bytes = 2_000;
  readonly alone = false;
  private outcome: SilenceOutcome;

  constructor(
    private readonly engine: Engine,
    private readonly to: Orchestrating,
    private readonly due: Due,
    private readonly cutOff: CutOff,
    private readonly over: (outcome: SilenceOutcome) => void,
  ) {}

  ready(): boolean {
    return true;
  }

  async run(batch: Batch): Promise<Outcome> {
    const { saga, txId, asks } = this.due;
    try {
      this.outcome = await batch.attempt((scope) =>
        silence(new Desk(this.engine, scope, `${saga}/${txId}`), this.to, { txId, asks, cutOff: this.cutOff }),
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
