import { untraced, type TracedWork } from '../tracing/spans';
import type { Batch } from './batch';
import type { Job, Outcome } from './job';

/** What became of a call: its value, why it failed, or that it was not made since the service stops. */
export type CallResult<T> = { readonly value: T } | { readonly error: unknown } | { readonly dropped: true };

/** A piece of work beside all others, and who is told what became of it: once it is durable, or will not be done. */
export class CallJob<T> implements Job {
  readonly orderingKey = undefined;
  readonly alone: boolean;
  readonly traced: TracedWork;
  private result: CallResult<T> = { dropped: true };

  constructor(
    private readonly call: (batch: Batch) => Promise<T>,
    private readonly over: (result: CallResult<T>) => void,
    readonly bytes: number,
    { alone = false, traced = untraced }: { readonly alone?: boolean; readonly traced?: TracedWork } = {},
  ) {
    this.alone = alone;
    this.traced = traced;
  }

  ready(): boolean {
    return true;
  }

  async run(batch: Batch): Promise<Outcome> {
    try {
      this.result = { value: await this.call(batch) };
    } catch (error) {
      this.result = { error };
    }
    return 'go';
  }

  async fail(_batch: Batch, error: unknown): Promise<Outcome> {
    this.result = { error };
    return 'go';
  }

  committed(): void {
    this.over(this.result);
  }

  deferred(): void {}

  dropped(): void {
    this.over({ dropped: true });
  }
}
