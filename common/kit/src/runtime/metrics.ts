import { Counter, Gauge, Registry } from 'prom-client';
import type { Counts } from './consumer/consumer';

/** What a service counts, for Prometheus. */
export class Metrics implements Counts {
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

  private readonly behind = new Gauge({
    name: 'saga_kit_projection_events_behind',
    help: 'Events that a projection has not applied yet',
    labelNames: ['projection'],
    registers: [this.registry],
  });
  private readonly delayed = this.gauge('saga_kit_delayed_events', 'Events that wait for their time');
  private readonly delayedOverdue = this.gauge(
    'saga_kit_delayed_events_overdue_seconds',
    'For how long the first of the delayed events should have left; 0 if none should',
  );

  private readonly pausedTopics = new Gauge({
    name: 'saga_kit_topic_paused',
    help: '1 for each topic of which an operator has paused the handling',
    labelNames: ['topic'],
    registers: [this.registry],
  });

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

  private gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: [this.registry] });
  }

  private counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }
}
