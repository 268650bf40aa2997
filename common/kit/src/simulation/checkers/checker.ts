import type { Facts } from './facts';

/** A promise that a history breaks. */
export interface Violation {
  /** The name of the checker that has found it. */
  readonly checker: string;
  /** In plain words: which service, which process, which message. */
  readonly message: string;
  /** The process that it happened to, where it is one. */
  readonly txId?: string;
}

/** What a history may end with, besides what always holds. */
export interface Expected {
  /** What has to be parked in the end, each once for each service that parks it; nothing else may be. */
  readonly parked: readonly ExpectedParked[];
  /** Sagas may be open in the end if they need an operator. */
  readonly mayNeedOperator: boolean;
  /** When the history ended, in milliseconds since 1970: a delayed event that is due later may wait. Without it none may. */
  readonly endedAtMs?: number;
}
/** A parked message by whatever of it is known; what is not said may be anything. */
export interface ExpectedParked {
  readonly service?: string;
  readonly topic: string;
  readonly reason?: string;
  readonly partition?: number;
  readonly offset?: number;
}

/** Judges one promise. Takes time and memory in proportion to the history. */
export interface Checker {
  readonly name: string;
  faultsOf(facts: Facts, expected: Expected): Iterable<Fault>;
}
/** A violation, by a checker that knows its own name. */
export type Fault = Omit<Violation, 'checker'>;
