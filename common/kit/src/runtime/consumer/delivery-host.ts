import type { Runtime } from '../handling/handler-context';
import type { DeliveryResult } from './delivery-result';

/** Who took the record over, and what a delivery has to know of it. */
export interface DeliveryHost<Delivery> {
  readonly runtime: Runtime;
  /** The last life of this instance ended in the middle of something, perhaps because of one of the next messages. */
  readonly afterUncleanShutdown: boolean;
  /** Ids of messages that this process has counted a try of, and lives: also when their partition has moved meanwhile. */
  readonly triedHere: Set<string>;
  /** When it was last looked, nothing was the matter with any ordering key of the service. */
  isCalm: boolean;
  /** Whether more messages may be parked. */
  readonly mayPark: boolean;
  isReady(delivery: Delivery): boolean;
  /** `full`: there is no room to park it. */
  wait(delivery: Delivery, waitMs: number, full: boolean): void;
  behind(delivery: Delivery): void;
  done(delivery: Delivery, result: Exclude<DeliveryResult, { now: 'waiting' }>): void;
}
