import { hasPassed } from '../consumer/catch-up';
import type { MessageRouting } from '../consumer/message-routing';
import type { Broker, TopicPartitionOffset } from '../ports/broker';
import type { Environment } from '../ports/environment';
import type { OldRow, PurgeStep, RetentionDays, RetentionStore } from '../ports/retention-store';
import { PeriodicTask } from '../relay/periodic-task';
import type { ServiceClock } from '../relay/service-clock';
import { checkHorizons, HorizonTooShort, horizonsOf } from './check-horizons';

const dayMs = 86_400_000;
const stepEveryMs = 200;
/** After a start, and after everything that is old enough has been purged. */
const restMs = 600_000;
/** Until it is looked again whether what waited for the service has been read. */
const behindMs = 10_000;
/** What one step looks at; it is one short transaction. A saga has some ten rows of history, which go with it. */
const rowsMax = 500;
const sagasMax = 100;

/** The tables of which rows are purged. */
export type PurgedTable = 'kit_inbox' | 'kit_sagas' | 'kit_history' | 'kit_parked';

/** What a purger works with. */
export interface PurgerParts {
  /** Also that of its consumer group. */
  readonly name: string;
  readonly environment: Environment;
  readonly broker: Broker;
  readonly routing: Pick<MessageRouting, 'topics' | 'sagas' | 'listening'>;
  readonly retention: RetentionStore;
  readonly horizons: RetentionDays;
  readonly metrics: { purged(table: PurgedTable, rows: number): void };
}

/** Resolves with whether there is more to be done. */
type Step = () => Promise<boolean>;

/**
 * Purges what is older than its horizon: a step, a pause, the next step, and a rest when nothing is left. A round begins
 * only when the service has read everything that was waiting for it, and the horizons still are longer than the topics keep
 * their records.
 */
export class Purger {
  readonly task: PeriodicTask;
  private round: Step[] = [];
  private restsUntilMs: number;
  private warned = '';
  /** Where the topics ended when the next round was to begin. */
  private ends: readonly TopicPartitionOffset[] | undefined;

  constructor(
    private readonly parts: PurgerParts,
    private readonly clock: Pick<ServiceClock, 'forWaits'>,
    /** False while the service is not up to date with what has come. */
    private readonly mayPurge: () => boolean,
  ) {
    const { environment } = parts;
    this.restsUntilMs = environment.clock.monotonicMs() + restMs;
    this.task = new PeriodicTask(environment, 'purge what is old', stepEveryMs, () => this.step());
  }

  private async step(): Promise<void> {
    const { clock } = this.parts.environment;
    if (clock.monotonicMs() < this.restsUntilMs || !this.mayPurge()) return;
    if (this.round.length === 0) {
      if (!(await this.isUpToDate())) return void (this.restsUntilMs = clock.monotonicMs() + behindMs);
      if (await this.isSafe()) this.round = this.steps();
    }
    const [next] = this.round;
    if (next && !(await next())) this.round.shift();
    if (this.round.length === 0) this.restsUntilMs = clock.monotonicMs() + restMs;
  }

  /**
   * What waits to be read may have been handled before, longer ago than the horizon if the service was down since. However
   * long that takes: a broker that lets go of nothing that was not read would hand it over once it is forgotten.
   */
  private async isUpToDate(): Promise<boolean> {
    const { broker, name, routing } = this.parts;
    this.ends ??= await broker.ends(routing.topics);
    if (!(await hasPassed(broker, name, this.ends))) return false;
    this.ends = undefined;
    return true;
  }

  /** Topics may have been changed since the start. */
  private async isSafe(): Promise<boolean> {
    const { horizons, broker, routing, environment } = this.parts;
    try {
      await checkHorizons(horizons, broker, routing);
      this.warned = '';
      return true;
    } catch (error) {
      if (!(error instanceof HorizonTooShort)) throw error;
      if (this.warned !== error.message) environment.log.error({ error: error.message }, 'nothing is purged any more');
      this.warned = error.message;
      return false;
    }
  }

  private steps(): Step[] {
    const { retention, horizons } = this.parts;
    const { inbox, sagas, parked } = horizons;
    return [
      ...(sagas > 0 ? [() => this.sagas(sagas)] : []),
      ...(sagas > 0 ? [this.rows('kit_history', sagas, (...at) => retention.history(...at))] : []),
      ...(inbox > 0 ? [this.rows('kit_inbox', inbox, (...at) => retention.inbox(...at))] : []),
      ...(parked > 0 ? [this.rows('kit_parked', parked, (...at) => retention.parked(...at))] : []),
    ];
  }

  private async sagas(days: number): Promise<boolean> {
    const { sagas, history } = await this.parts.retention.sagas(this.before(days), sagasMax);
    this.purged('kit_sagas', sagas);
    this.purged('kit_history', history);
    return sagas > 0;
  }

  /** What is kept for a reason of its own is gone past: the next round looks at it again. */
  private rows(
    table: PurgedTable,
    days: number,
    purge: (before: Date, limit: number, after?: OldRow) => Promise<PurgeStep>,
  ): Step {
    let after: OldRow | undefined;
    return async () => {
      const step = await purge(this.before(days), rowsMax, after);
      this.purged(table, step.purged);
      after = step.after;
      return after !== undefined;
    };
  }

  private purged(table: PurgedTable, rows: number): void {
    if (rows > 0) this.parts.metrics.purged(table, rows);
  }

  /** By whichever clock is behind: one that was set forward alone purges nothing. */
  private before(days: number): Date {
    const nowMs = Math.min(this.clock.forWaits().getTime(), this.parts.environment.clock.now().getTime());
    return new Date(nowMs - days * dayMs);
  }
}

/** Whether anything is to be purged at all. */
export const isPurging = (horizons: RetentionDays): boolean => horizonsOf(horizons).length > 0;
