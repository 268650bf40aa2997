import type { DomainEvent } from './aggregate';
import type { Event } from './contract';
import type { Envelope } from './envelope';
import type { CancellationsOf, Saga } from './saga';

/**
 * A collection of the unit of work. `get` returns what this transaction sees, or `undefined`; loads asked for in one turn
 * travel together, in one order for everybody. `put`, `add` and `delete` are kept until the transaction commits. An item is a value:
 * change it by putting a new one. A loaded row is locked against other processes, unless its table says that it is only read.
 */
export abstract class Repository<Item, Id extends RowId = string> {
  abstract get(id: Id): Promise<Item | undefined>;
  /** In the order of `ids`. One lock for all of them: use it where a handler needs several rows of one table. */
  abstract getAll(ids: readonly Id[]): Promise<readonly (Item | undefined)[]>;
  /** Creates or replaces. */
  abstract put(item: Item): void;
  /**
   * Creates an item whose id is known to be new; saves the load. A row that is there after all makes the message
   * `Unprocessable`.
   */
  abstract add(item: Item): void;
  /** Removes an item; changes nothing where there is none. An item of this id can be added again, also in this transaction. */
  abstract delete(id: Id): void;
}

/**
 * The aggregates of one kind, each stored as the events that have happened to it. `get` folds them: the initial state if
 * there is none. `append` adds what was decided on that state, in this transaction; `get` shows it then. Of two that append
 * to one aggregate at the same time, one runs again on what the other has appended. Throws `Unprocessable` when `get` was
 * not awaited before: what is decided without looking would be appended to anything.
 */
export abstract class EventSourced<State, Event extends DomainEvent> {
  abstract get(id: string): Promise<State>;
  abstract append(id: string, events: readonly Event[]): void;
}
/** What a row is found by. */
export type RowId = string | number;

/**
 * Sends an event about something else than what was received, or without anything received. It leaves after the commit, at
 * least once, and never if the transaction fails. `txId` is its key: events with one key keep their order. Takes the events
 * that the unit of work declares. Throws `Unprocessable` for any other, and for a process that nobody could receive.
 */
export abstract class Outbox<E extends Event = Event> {
  /**
   * Returns the id of the message, which is the same one whenever this is tried again. With `at`, it leaves at that time
   * instead of after the commit: not before it, and at once if it is past. Throws `Unprocessable` for an invalid date.
   */
  abstract add(process: Correlation, event: ReturnType<E['of']>, when?: Delay): string;
  /**
   * Takes back a delayed event. Resolves with true when it was still waiting: once this is committed, it never leaves. With
   * false when it has left, was cancelled before, or has never been.
   */
  abstract cancel(id: string): Promise<boolean>;
}
/** When an event is to leave. */
export interface Delay {
  readonly at: Date;
}
/** The process that a message belongs to. */
export type Correlation = Pick<Envelope, 'target' | 'txId'>;

/**
 * Begins sagas, and cancels them. `begin`: the first command leaves after the commit; one with a `txId` that is already
 * there is left alone. `cancel` turns an instance round that has not come to its pivot, and undoes everything, the step in
 * flight included, without waiting for its answer; its code is one of the saga's `cancellations`. Who asks again, or asks
 * while the pivot is answered, is told what the saga's row says.
 */
export abstract class Sagas {
  abstract begin<State>(saga: Saga<State>, txId: string, state: State): Promise<void>;
  abstract cancel<S extends Saga>(
    saga: S,
    txId: string,
    code: CancellationsOf<S>,
    errorMessage?: string,
  ): Promise<Cancellation>;
}
/**
 * `CANCELLED`: it is being undone, or is, because of this or an earlier cancellation. `TOO_LATE`: its pivot was sent.
 * `REJECTED`: a participant has refused, and it ends for that reason. `UNKNOWN`: there is no such instance.
 */
export type Cancellation = 'CANCELLED' | 'TOO_LATE' | 'REJECTED' | 'UNKNOWN';

/** Makes ids that sort by their time of making (UUIDv7). */
export abstract class Ids {
  abstract next(): string;
}

/**
 * The time, as the machine has it: for what is written down. How long something takes is measured by `monotonicMs`, whose
 * beginning means nothing: nobody can set it, and it may stand still while the machine sleeps. `after` calls once,
 * unless cancelled; `soon` when everything that is already waiting has had its turn. */
export abstract class Clock {
  abstract now(): Date;
  abstract monotonicMs(): number;
  abstract after(delayMs: number, call: () => void): Cancel;
  abstract soon(call: () => void): void;
}
/** Takes back what was asked for. */
export type Cancel = () => void;

/** What a handler or a use case is handed: its own repositories, and the kit's ports. */
export type Ports<Own, E extends Event = never> = Readonly<Own & KitPorts<E>>;
/** What every unit of work has besides its repositories. */
export interface KitPorts<E extends Event = never> {
  readonly outbox: Outbox<E>;
  readonly sagas: Sagas;
  readonly ids: Pick<Ids, 'next'>;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * A transaction over repositories, and the token that names it: `abstract class KitchenWork extends UnitOfWork<{ tickets:
 * Repository<Ticket> }> {}`. A second type is what is emitted in it, by whoever works in it: handlers, use cases, endings:
 * `UnitOfWork<{ … }, typeof StockDecreased | typeof SoldOut>`. `run` resolves with the value of `work` once all of it
 * is committed, and rejects, keeping
 * nothing, when `work` throws. Calls made at the same time share a transaction, yet see each other's changes as if one
 * came after the other; for that, `work` may run more than once: it speaks only through its ports and its value.
 * Rejects with `Overloaded` instead of queueing without bound.
 */
export abstract class UnitOfWork<Own, E extends Event = never> {
  abstract run<T>(work: (ports: Ports<Own, E>) => Promise<T>): Promise<T>;
  /** Only looks: no lock, no transaction, what was last committed. `put`, `add` and `delete` throw. */
  abstract read<T>(look: (ports: Readonly<Own>) => Promise<T>): Promise<T>;
}
/** What a unit of work is bound and found by: an abstract class that extends `UnitOfWork`. */
export type UnitOfWorkToken<Own, E extends Event = never> = abstract new (...args: any[]) => UnitOfWork<Own, E>;

/** More is waiting than can be served: try again later. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded';

  constructor(
    message: string,
    /** After how long, if that is known. */
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
  }
}
