import { Counter, Gauge, Registry } from 'prom-client';
import type { Counts } from './pump';

/** What a service counts, for Prometheus. */
export class Metrics implements Counts {
  readonly registry = new Registry();
  private readonly messages = this.counter('saga_kit_messages_total', 'Messages taken over, by what became of them', [
    'topic',
    'became',
  ]);
  private readonly silences = this.counter(
    'saga_kit_silences_total',
    'Waits of sagas that were over without an answer',
    ['saga', 'outcome'],
  );
  private readonly isReady = new Gauge({
    name: 'saga_kit_ready',
    help: '1 when the service does what it is there for',
    registers: [this.registry],
  });

  static readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;

  /** All of them in one text. */
  static textOf(several: readonly Metrics[]): Promise<string> {
    return Registry.merge(several.map(({ registry }) => registry)).metrics();
  }

  constructor(service: string) {
    this.registry.setDefaultLabels({ service });
  }

  received(topic: string): void {
    this.messages.inc({ topic, became: 'received' });
  }

  ignored(topic: string): void {
    this.messages.inc({ topic, became: 'ignored' });
  }

  became(topic: string, what: 'handled' | 'parked'): void {
    this.messages.inc({ topic, became: what });
  }

  retried(topic: string): void {
    this.messages.inc({ topic, became: 'retried' });
  }

  fired(saga: string, outcome: string): void {
    this.silences.inc({ saga, outcome });
  }

  ready(ready: boolean): void {
    this.isReady.set(ready ? 1 : 0);
  }

  private counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }
}
