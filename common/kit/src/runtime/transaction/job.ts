import type { TracedWork } from '../tracing/spans';
import type { Batch, KeyedTasks } from './batch';

/** Something to be done in a transaction. It is told what became of it by exactly one of `committed`, `deferred`, `dropped`. */
export interface Job {
  /** Jobs of one ordering key run in order; `undefined`: beside all others. */
  readonly orderingKey: string | undefined;
  /** About how much it writes. */
  readonly bytes: number;
  /** Has a transaction for itself. */
  readonly alone: boolean;
  /** What a trace has of it. */
  readonly traced?: TracedWork;
  /** False: its ordering key waits, and the job is deferred. */
  ready(): boolean;
  run(batch: Batch): Promise<Outcome>;
  /** Instead of `run`, when the transaction failed because of this job. */
  fail(batch: Batch, error: unknown): Promise<Outcome>;
  /** What it has done is durable. */
  committed(): void;
  /** It was not begun, because its ordering key waits. */
  deferred(): void;
  /** It was not done, because the service stops. */
  dropped(): void;
}
/** `halt`: the rest of the job's line has to wait. */
export type Outcome = 'go' | 'halt';

/** The jobs of an ordering key are one task; after a halt, the rest of the ordering key is `left`. */
export function keyedTasksOf(
  jobs: readonly Job[],
  left: Set<Job>,
  failure?: { readonly error: unknown },
): KeyedTasks[] {
  const orderingKeys = new Map<string | Job, Job[]>();
  for (const job of jobs) {
    const orderingKey = orderingKeys.get(job.orderingKey ?? job);
    if (orderingKey) orderingKey.push(job);
    else orderingKeys.set(job.orderingKey ?? job, [job]);
  }
  return [...orderingKeys.values()].map((orderingKey) => async (batch) => {
    let outcome: Outcome = 'go';
    for (const job of orderingKey) {
      if (outcome === 'halt') left.add(job);
      else outcome = await (failure ? job.fail(batch, failure.error) : job.run(batch));
    }
  });
}
