import type { Aggregate, DomainEvent } from '../../aggregate';
import type { Event } from '../../contract';
import {
  Overloaded,
  type EventSourced,
  type Ports,
  type Repository,
  type UnitOfWork,
  type UnitOfWorkToken,
} from '../../ports';
import { calling } from '../tracing/spans';
import { Batch } from '../transaction/batch';
import { HandlerContext, repositories, type Runtime, type UnitOfWorkDefinition } from './handler-context';
import { CallJob, type CallResult } from '../transaction/call-job';
import type { TransactionQueue } from '../transaction/transaction-queue';
import type { Database } from '../ports/store';
import type { Table } from '../ports/table';

/** A call waits in memory for its turn; more than this is turned away. */
const callsMax = 10_000;
/** About how much one writes. */
const callBytes = 1_000;

/**
 * Makes units of work. Which tables they are made of is for a service's module to say, and once more, as values, which
 * events they emit: all that the token declares.
 */
export abstract class UnitsOfWork {
  abstract of<Own, E extends Event, const L extends readonly E[]>(
    token: UnitOfWorkToken<Own, E>,
    tables: TablesOf<Own>,
    ...emits: [E] extends [never] ? [] : [emits: L & AllOf<E, L>]
  ): UnitOfWork<Own, E>;
}
type AllOf<E extends Event, L extends readonly Event[]> = {
  readonly [Name in Exclude<E, L[number]>['name']]: 'is to be listed too';
};
/** A table for each repository of a unit of work, and an aggregate for each kind that is event-sourced. */
export type TablesOf<Own> = {
  readonly [Name in keyof Own]: Own[Name] extends Repository<infer Item, infer Id>
    ? Table<Item, Id>
    : Own[Name] extends EventSourced<infer State, infer Event>
      ? Event extends DomainEvent
        ? Aggregate<string, State, Event>
        : never
      : never;
};

/** What a running service lends to its units of work. */
export interface UnitOfWorkRuntime {
  readonly runtime: Runtime;
  readonly queue: TransactionQueue;
  readonly database: Database;
}

/** A unit of work for calls from outside. Calls that arrive together share a transaction. */
export class UnitOfWorkRunner<Own, E extends Event> implements UnitOfWork<Own, E> {
  constructor(
    private readonly calls: () => UnitOfWorkRuntime,
    readonly definition: UnitOfWorkDefinition,
  ) {}

  run<T>(work: (ports: Ports<Own, E>) => Promise<T>): Promise<T> {
    return transacted(this.calls(), (context) => work(context.ports<Own, E>(this.definition)));
  }

  async read<T>(look: (ports: Readonly<Own>) => Promise<T>): Promise<T> {
    const { database } = this.calls();
    const batch = new Batch((wanted) => database.look(wanted));
    const found: { value?: T } = {};
    await batch.run([
      async () => {
        found.value = await batch.attempt((attempt) => look(repositories(this.definition.tables, attempt) as Own));
      },
    ]);
    if (batch.writes().rows.size > 0) throw new Error('read only looks: use run to change something');
    return found.value as T;
  }
}

/** Does something in a transaction that calls share; what it sends has an id of its own as its cause. Rejects with `Overloaded`. */
export function transacted<T>(
  { queue, runtime }: UnitOfWorkRuntime,
  work: (context: HandlerContext) => Promise<T>,
): Promise<T> {
  if (queue.outage !== undefined) return Promise.reject(new Overloaded('the database does not answer'));
  if (queue.full) return Promise.reject(new Overloaded('the broker does not take what was committed'));
  if (queue.waiting >= callsMax) return Promise.reject(new Overloaded(`${queue.waiting} calls are waiting`));
  const cause = runtime.environment.ids.next();
  const traced = calling(runtime.service);
  return new Promise((resolve, reject) => {
    const call = (batch: Batch) =>
      batch.attempt((attempt) =>
        traced.within(() => work(new HandlerContext(runtime, attempt, cause, traced.headers))),
      );
    const over = (result: CallResult<T>) => {
      traced.end(errorTypeOf(result));
      if ('value' in result) return resolve(result.value);
      const error: Error = 'error' in result ? (result.error as Error) : new Overloaded('the service is stopping');
      reject(error);
    };
    queue.submit(new CallJob(call, over, callBytes, { traced }));
  });
}

function errorTypeOf(result: CallResult<unknown>): string | undefined {
  if ('dropped' in result) return 'dropped';
  if ('value' in result) return undefined;
  return result.error instanceof Error ? result.error.name : typeof result.error;
}
