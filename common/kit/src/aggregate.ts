import type { Plain } from './kept';

/** What has happened to an aggregate: a plain value with a name in the past tense. */
export interface DomainEvent {
  readonly type: string;
}

/**
 * Says how the state of an aggregate follows from its events. Bound like a table, it is an `EventSourced` of a unit of
 * work. `evolve` is pure, and total: an event that was stored has happened. After every `snapshotEvery` events (100 if it
 * is not said) the state is stored too, so that a load reads no more than those behind it; raise `snapshotVersion` when
 * the shape of the state, or what `evolve` makes of an event, changes: then former snapshots are not used.
 * Source: the decider of Jérémie Chassaing (https://thinkbeforecoding.com/post/2021/12/17/functional-event-sourcing-decider).
 *
 * @example
 * ```ts
 * import { aggregate } from 'saga-kit';
 *
 * type Stock = Readonly<{ left: number }>;
 * type StockEvent = Readonly<{ type: 'StockIncreased' | 'StockDecreased'; quantity: number }>;
 * const evolve = ({ left }: Stock, { type, quantity }: StockEvent): Stock =>
 *   type === 'StockIncreased' ? { left: left + quantity } : { left: left - quantity };
 *
 * export const stockAggregate = aggregate({ name: 'stock', initial: { left: 0 }, evolve });
 * ```
 */
export function aggregate<State, Event extends DomainEvent, const Name extends string>({
  name,
  initial,
  evolve,
  snapshotEvery = 100,
  snapshotVersion = 1,
}: {
  /** The beginning of the names of its streams; for ever. */
  readonly name: Name;
  readonly initial: NoInfer<State>;
  readonly evolve: ((state: State, event: Event) => NoInfer<State>) & Plain<State, 'a state'> & Plain<Event, 'events'>;
  readonly snapshotEvery?: number;
  readonly snapshotVersion?: number;
}): Aggregate<Name, State, Event> {
  if (!/^[\w.-]{1,40}$/.test(name))
    throw new Error(`an aggregate's name is 1 to 40 letters, digits and . _ -, and not ${JSON.stringify(name)}`);
  for (const [what, value] of Object.entries({ snapshotEvery, snapshotVersion }))
    if (!Number.isSafeInteger(value) || value < 1)
      throw new Error(`${what} of the aggregate ${name} is a whole number from 1, and not ${value}`);
  return { name, initial, evolve, snapshotEvery, snapshotVersion };
}

/** How a state follows from events, and how both are stored. */
export interface Aggregate<Name extends string = string, State = any, Event extends DomainEvent = any> {
  readonly name: Name;
  readonly initial: State;
  readonly evolve: (state: State, event: Event) => State;
  readonly snapshotEvery: number;
  readonly snapshotVersion: number;
}

/** An event as it was stored: of which aggregate, as its how manieth, why and when. */
export interface Recorded<Event extends DomainEvent = DomainEvent> {
  /** Of the aggregate. */
  readonly id: string;
  /** 1 for its first event; without a gap. */
  readonly version: number;
  readonly event: Event;
  /** The id of the message, or of the call, in whose transaction it was appended. */
  readonly causationId: string;
  readonly at: Date;
}
