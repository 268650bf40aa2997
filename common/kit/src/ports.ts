import type { Message } from './contract';
import type { Saga } from './saga';

/**
 * A collection of the unit of work. `get` returns what this transaction sees, or `undefined`; loads asked for in one turn
 * travel together, in one order for everybody. `put` and `add` are kept until the transaction commits. An item is a value:
 * change it by putting a new one. A loaded row is locked against other processes, unless its table says that it is only read.
 */
export abstract class Repository<Item, Id extends RowId = string> {
  abstract get(id: Id): Promise<Item | undefined>;
  /** In the order of `ids`. One lock for all of them: use it where a handler needs several rows of one table. */
  abstract getAll(ids: readonly Id[]): Promise<readonly (Item | undefined)[]>;
  /** Creates or replaces. */
  abstract put(item: Item): void;
  /** Creates an item whose id is known to be new; saves the load. A row that is there after all makes the message `Unprocessable`. */
  abstract add(item: Item): void;
}
export type RowId = string | number;

/**
 * Sends an event of one's own accord: it leaves after the commit, at least once, and never if the transaction fails. Throws
 * for a command: only a saga, which waits for the answer, asks somebody to do something.
 */
export abstract class Outbox {
  abstract add(process: { readonly target: string; readonly txId: string }, event: Message): void;
}

/** Begins sagas: the first command leaves after the commit. `begin` with a `txId` that is already there changes nothing. */
export abstract class Sagas {
  abstract begin<State>(saga: Saga<State>, txId: string, state: State): Promise<void>;
}

/** Makes ids that sort by their time of making (UUIDv7). */
export abstract class Ids {
  abstract next(): string;
}

/** The time. `after` calls once, unless cancelled; `soon` when everything that is already waiting has had its turn. */
export abstract class Clock {
  abstract now(): Date;
  abstract after(delayMs: number, call: () => void): Cancel;
  abstract soon(call: () => void): void;
}
export type Cancel = () => void;

/** What a handler or a use case is handed: its own repositories, and the kit's ports. */
export type Ports<Own> = Readonly<Own & KitPorts>;
export interface KitPorts {
  readonly outbox: Outbox;
  readonly sagas: Sagas;
  readonly ids: Pick<Ids, 'next'>;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * A transaction over repositories, and the token that names it: `abstract class KitchenWork extends UnitOfWork<{ tickets:
 * Repository<Ticket> }> {}`. `run` resolves with the value of `work` once all of it is committed, and rejects, keeping
 * nothing, when `work` throws. Calls made at the same time share a transaction, yet see each other's changes as if one
 * came after the other; for that, `work` may run more than once: it speaks only through its ports and its value.
 * Rejects with `Overloaded` instead of queueing without bound.
 */
export abstract class UnitOfWork<Own> {
  abstract run<T>(work: (ports: Ports<Own>) => Promise<T>): Promise<T>;
  /** Only looks: no lock, no transaction, what was last committed. `put` and `add` throw. */
  abstract read<T>(look: (ports: Readonly<Own>) => Promise<T>): Promise<T>;
}
export type WorkToken<Own> = abstract new (...args: any[]) => UnitOfWork<Own>;

/** More is waiting than can be served: try again later. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded';
}
