import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Counts } from './consumer/consumer';
import type { OldestSaga } from './ports/store';
import type { SagaRow } from './ports/saga-tables';
import type { SagaCounts } from './saga/saga-counts';
import { retainedKinds, type OfEachKind, type RetainedKind } from './ports/retention-store';
import { tableOf } from './retention/purger';

/** What a service counts, for Prometheus. */
export class Metrics implements Counts, SagaCounts {
  readonly registry = new Registry();
  private readonly messages = this.counter('saga_kit_messages_total', 'Messages taken over, by their result', [
    'topic',
    'result',
  ]);
  private readonly timeouts = this.counter(
    'saga_kit_saga_timeouts_total',
    'Waits of sagas that were over without an answer',
    ['saga', 'outcome'],
  );
  private readonly isReady = this.gauge('saga_kit_ready', '1 when the service does what it is there for');
  private readonly parked = this.gauge('saga_kit_parked', 'Messages that were given up and wait for an operator');
  private readonly needsOperator = this.gauge(
    'saga_kit_sagas_needing_operator',
    'Sagas whose command had enough attempts without an answer',
  );

  private readonly refused = this.gauge(
    'saga_kit_refused',
    'Messages that the broker has refused, and those behind them; they are sent again from time to time',
  );

  private readonly behind = this.gauge(
    'saga_kit_projection_events_behind',
    'Events that a projection has not applied yet',
    ['projection'],
  );
  private readonly delayed = this.gauge('saga_kit_delayed_events', 'Events that wait for their time');
  private readonly delayedOverdue = this.gauge(
    'saga_kit_delayed_events_overdue_seconds',
    'For how long the first of the delayed events should have left; 0 if none should',
  );

  private readonly pausedTopics = this.gauge(
    'saga_kit_topic_paused',
    '1 for each topic of which an operator has paused the handling',
    ['topic'],
  );
  private readonly pausedSagas = this.gauge('saga_kit_sagas_paused', 'Sagas that an operator has paused');
  private readonly oldestSaga = this.gauge(
    'saga_kit_saga_oldest_seconds',
    'For how long the first of the open sagas at a step has been open',
    ['saga', 'step'],
  );
  private readonly outboxWaiting = this.gauge(
    'saga_kit_outbox_records',
    'Records that this instance has committed, and the broker does not have yet',
  );
  private readonly outboxOldest = this.gauge(
    'saga_kit_outbox_oldest_seconds',
    'For how long the first of the records in the outbox has waited',
  );
  private readonly consumerLag = this.gauge(
    'saga_kit_consumer_lag_records',
    'Records of the partitions of this instance that are not done',
    ['topic'],
  );
  private readonly lateReplies = this.counter(
    'saga_kit_saga_late_replies_total',
    'Answers that changed nothing: they came late, or again, or were not asked for',
    ['saga'],
  );
  private readonly sagaDuration = this.histogram(
    'saga_kit_saga_duration_seconds',
    'From when a saga has begun until it has ended',
    [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200],
    ['saga', 'outcome'],
  );
  private readonly transactionJobs = this.histogram(
    'saga_kit_transaction_jobs',
    'Messages and calls that have shared a transaction',
    [1, 2, 5, 10, 20, 50, 100, 200, 500],
  );
  private readonly transactionDuration = this.histogram(
    'saga_kit_transaction_duration_seconds',
    'From when a transaction was begun until it was committed, its handlers included',
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  );
  private readonly purgedRows = this.counter(
    'saga_kit_purged_rows_total',
    'Rows that were older than their horizon and are gone',
    ['table'],
  );
  private readonly oldestAge = this.gauge(
    'saga_kit_oldest_row_age_seconds',
    'How old the oldest row is that is kept; of sagas, since when the first of those that have ended has; 0 if there is none',
    ['table'],
  );
  private readonly keptRows = this.gauge('saga_kit_kept_rows', 'Rows that are kept; of sagas, those that have ended', [
    'table',
  ]);

  static readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;

  constructor(service: string) {
    this.registry.setDefaultLabels({ service });
  }

  received(topic: string): void {
    this.messages.inc({ topic, result: 'received' });
  }

  ignored(topic: string): void {
    this.messages.inc({ topic, result: 'ignored' });
  }

  result(topic: string, what: 'handled' | 'parked'): void {
    this.messages.inc({ topic, result: what });
  }

  retried(topic: string): void {
    this.messages.inc({ topic, result: 'retried' });
  }

  fired(saga: string, outcome: string): void {
    this.timeouts.inc({ saga, outcome });
  }

  ready(ready: boolean): void {
    this.isReady.set(ready ? 1 : 0);
  }

  late(saga: string): void {
    this.lateReplies.inc({ saga });
  }

  ended({ saga, status: outcome, startedAt, updatedAt }: SagaRow): void {
    this.sagaDuration.observe({ saga, outcome }, (updatedAt.getTime() - startedAt.getTime()) / 1_000);
  }

  committed(jobs: number, durationMs: number): void {
    this.transactionJobs.observe(jobs);
    this.transactionDuration.observe(durationMs / 1_000);
  }

  /** Of a step at which no saga is any more nothing is said. */
  open(oldest: readonly OldestSaga[], paused: number, nowMs: number): void {
    this.pausedSagas.set(paused);
    this.oldestSaga.reset();
    for (const { saga, step, startedAt } of oldest)
      this.oldestSaga.set({ saga, step }, Math.max(0, nowMs - startedAt.getTime()) / 1_000);
  }

  outbox(waiting: number, oldestMs: number): void {
    this.outboxWaiting.set(waiting);
    this.outboxOldest.set(oldestMs / 1_000);
  }

  lag(records: ReadonlyMap<string, number>): void {
    this.consumerLag.reset();
    for (const [topic, count] of records) this.consumerLag.set({ topic }, count);
  }

  stuck(parked: number, needsOperator: number, refused: number): void {
    this.refused.set(refused);
    this.parked.set(parked);
    this.needsOperator.set(needsOperator);
  }

  paused(topics: readonly string[]): void {
    this.pausedTopics.reset();
    for (const topic of topics) this.pausedTopics.set({ topic }, 1);
  }

  projected(projection: string, behind: number): void {
    this.behind.set({ projection }, behind);
  }

  waiting(delayed: number, overdueMs: number): void {
    this.delayed.set(delayed);
    this.delayedOverdue.set(overdueMs / 1_000);
  }

  purged(kind: RetainedKind, rows: number): void {
    this.purgedRows.inc({ table: tableOf[kind] }, rows);
  }

  oldest(at: OfEachKind<Date | undefined>, nowMs: number): void {
    for (const kind of retainedKinds)
      this.oldestAge.set({ table: tableOf[kind] }, Math.max(0, nowMs - (at[kind]?.getTime() ?? nowMs)) / 1_000);
  }

  kept(rows: OfEachKind<number>): void {
    for (const kind of retainedKinds) this.keptRows.set({ table: tableOf[kind] }, rows[kind]);
  }

  private gauge<Label extends string = never>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
  ): Gauge<Label> {
    return new Gauge({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  private histogram<Label extends string = never>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: readonly Label[] = [],
  ): Histogram<Label> {
    return new Histogram({ name, help, buckets, labelNames: [...labelNames], registers: [this.registry] });
  }

  private counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }
}
