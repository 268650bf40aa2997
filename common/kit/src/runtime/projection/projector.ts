import type { Cancel } from '../../ports';
import { tablesIn } from '../handling/handler-context';
import { backOffMs } from '../ports/back-off';
import type { Environment } from '../ports/environment';
import { failureOf } from '../ports/failure';
import type { EventStore } from '../ports/event-store';
import { projectionTable, type EventRow, type ProjectionRow } from '../ports/event-tables';
import { lookAt } from '../ports/look-at';
import type { Database } from '../ports/store';
import type { Batch } from '../transaction/batch';
import { CallJob, type CallResult } from '../transaction/call-job';
import type { TransactionQueue } from '../transaction/transaction-queue';
import { apply, beginAnew, beginningOf, clear, type BoundProjection, type StepResult } from './projection-jobs';

export type { BoundProjection } from './projection-jobs';

/** Events that are applied in one transaction. */
const eventsMax = 500;
/** Rows of each table that are deleted in one transaction. */
const clearMax = 1_000;
const pauses = { firstMs: 500, mostMs: 60_000 };

/** What a projector works with. */
export interface ProjectionRuntime {
  readonly environment: Environment;
  readonly queue: TransactionQueue;
  readonly database: Database;
  readonly store: EventStore;
}

/**
 * Brings one projection up to date, one transaction after the other. Another instance may do the same at the same time:
 * the projection's row decides whose step counts.
 */
export class Projector {
  private running: Promise<void> | undefined;
  private again = false;
  private failures = 0;
  private cancelRetry: Cancel | undefined;
  private stopped = false;
  private fault: { readonly at: string; readonly text: string } | undefined;

  constructor(
    private readonly runtime: ProjectionRuntime,
    private readonly bound: BoundProjection,
  ) {}

  get name(): string {
    return this.bound.projection.name;
  }

  get idle(): boolean {
    return this.running === undefined;
  }

  /** It waits for its next try. */
  get retrying(): boolean {
    return this.cancelRetry !== undefined;
  }

  /** Where its last step failed, and why, in full; `undefined` when it did not. */
  get failure(): { readonly at: string; readonly text: string } | undefined {
    return this.fault;
  }

  /** There may be something to do. */
  wake(): void {
    if (this.stopped || this.cancelRetry) return;
    this.again = true;
    this.running ??= this.work().finally(() => (this.running = undefined));
  }

  async where(): Promise<ProjectionRow> {
    return (await lookAt(this.runtime.database, projectionTable, this.name)) ?? beginningOf(this.name);
  }

  /** Rejects when it could not be noted. */
  async rebuild(): Promise<void> {
    const result = await this.transact((batch) => beginAnew(batch, this.name));
    if (result === 'dropped') throw new Error('the service is stopping');
    if (typeof result === 'object') throw result.error;
    this.cancelRetry?.();
    this.cancelRetry = undefined;
    this.wake();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelRetry?.();
    this.cancelRetry = undefined;
    await this.running;
  }

  private async work(): Promise<void> {
    while (this.again && !this.stopped) {
      this.again = false;
      try {
        while (!this.stopped && (await this.step()));
      } catch (error) {
        this.failed(error);
        return;
      }
    }
  }

  /** False when it has caught up. */
  private async step(): Promise<boolean> {
    const from = await this.where();
    const result = from.phase === 'clearing' ? await this.clearSome(from) : await this.applySome(from);
    if (result === 'caught up') return false;
    if (typeof result === 'object') {
      this.failed(result.error, result.event);
      this.again = false;
      return false;
    }
    if (result === 'done') this.succeeded();
    return result !== 'dropped';
  }

  private async applySome(from: ProjectionRow): Promise<StepResult | 'caught up'> {
    // One by one after a failure: what a database refuses, it refuses with all that was written together.
    const events = await this.runtime.store.behind(from.position, this.failures > 0 ? 1 : eventsMax);
    if (events.length === 0) return 'caught up';
    if (events[0]!.position !== from.position + 1)
      throw new Error(`kit_events lacks the event behind position ${from.position}`);
    const result = await this.transact((batch) => apply(batch, this.bound, from, events));
    return typeof result === 'object' && events.length === 1 ? { event: events[0]!, ...result } : result;
  }

  private async clearSome(from: ProjectionRow): Promise<StepResult> {
    const rows: Parameters<typeof clear>[2][number][] = [];
    for (const table of tablesIn(this.bound.definition.tables))
      rows.push({ table, ids: await this.runtime.store.ids(table, clearMax) });
    return this.transact((batch) => clear(batch, from, rows));
  }

  /** One transaction, for itself. The projection's row is locked by the first thing that it does. */
  private transact(work: (batch: Batch) => Promise<StepResult>): Promise<StepResult> {
    return new Promise((resolve) => {
      const over = (result: CallResult<StepResult>) => {
        if ('value' in result) resolve(result.value);
        else resolve('error' in result ? { error: result.error } : 'dropped');
      };
      this.runtime.queue.submit(new CallJob(work, over, 0, { alone: true }));
    });
  }

  private succeeded(): void {
    this.failures = 0;
    this.fault = undefined;
  }

  /** It is tried again, for ever: to pass an event over would make the read model wrong without a word. */
  private failed(error: unknown, event?: EventRow): void {
    const { environment } = this.runtime;
    const { clock, log } = environment;
    const at = event && `${event.id} (${event.type}, position ${event.position})`;
    const text = error instanceof Error ? error.message : String(error);
    this.fault = at === undefined ? { at: '', text } : { at: ` at ${at}`, text: `at ${at}: ${text}` };
    this.failures++;
    if (this.failures === 1)
      log.error(
        { projection: this.name, event: at, error: failureOf(error) },
        'a projection cannot go on; it is tried again, and nothing else waits for it',
      );
    if (this.stopped) return;
    this.cancelRetry = clock.after(backOffMs(this.failures, pauses, environment.random()), () => {
      this.cancelRetry = undefined;
      this.wake();
    });
  }
}
