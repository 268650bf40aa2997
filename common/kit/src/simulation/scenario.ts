import type { RunningService, ServiceLiteral } from '../app';
import type { SimulatedRequest, SimulatedResponse } from './request';

/** A system that is simulated: its services, what customers do to it, and what has to add up in the end. */
export interface Scenario {
  readonly name: string;
  readonly services: readonly ServiceLiteral[];
  /** How many actions of customers there are with each seed. */
  readonly actions: number;
  /** Before anything goes wrong: sample data, products, accounts. */
  prepare?(system: SimulatedSystem): Promise<void>;
  /**
   * Something that a customer does, from beginning to end: a process that is begun, or begun and cancelled. Whatever is drawn
   * comes from `random`, and has to be the same whenever the action is. What is asked of a service may be done more than once.
   * Resolves when the customer has their answer.
   */
  act(system: SimulatedSystem, action: Action): Promise<void>;
  /** Everything of the business that does not add up in the end, in words; nothing is good. */
  audit?(system: SimulatedSystem): Promise<readonly string[]>;
}

/** One of the actions of a scenario. */
export interface Action {
  /** From 0 on. */
  readonly index: number;
  readonly random: () => number;
}

/** What a scenario sees of the system that it acts on. */
export interface SimulatedSystem {
  /**
   * Sends a request to an instance of the service that has a route for it. It is sent again, to another instance perhaps,
   * until there is an answer that is not 503: where it must not be done twice, give it an idempotency key.
   */
  request(request: SimulatedRequest): Promise<SimulatedResponse>;
  /**
   * Asks an instance of a service: `ask('order', ({ container }) => container.get(PlaceOrder).execute(…))`. It is asked again,
   * another instance perhaps, until there is an answer: give what is asked for an idempotency key. Rejects after 1,000 tries.
   */
  ask<T>(service: string, call: (running: RunningService) => Promise<T>): Promise<T>;
  /** What a query of a service's database finds, as it was last committed. It is SQLite. */
  query<Row>(service: string, sql: string): Promise<readonly Row[]>;
  /** Lets so much time go by for this customer. */
  pass(durationMs: number): Promise<void>;
}
