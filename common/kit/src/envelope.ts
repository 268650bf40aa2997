import type { Refusal } from './contract';

/** What every message on a topic carries: which instance of which process it belongs to, and which message caused it. */
export interface Envelope {
  /**
   * Unique, and derived, so that a repeated try makes the same. A saga's command: `<target>/<txId>/<command>`, its undo the
   * same with `/undo` behind it, its answer with `/answer`. An event: its name and a hash of who sent it, because of what.
   */
  readonly id: string;
  /** The process, for example `ORDER_CREATION`. */
  readonly target: string;
  /** The instance of the process; also the Kafka key. */
  readonly txId: string;
  /** The id of the message (or of the call) that led to this one. An answer names its command here. */
  readonly causationId: string;
  readonly occurredAt: Date;
}

/** A command, a reply or an event on its way. */
export interface TargetEventMessage<Payload = any> extends Envelope {
  readonly message: Payload;
}

/** A refusal on its way. */
export interface ErrorEventMessage extends Envelope, Refusal {}
