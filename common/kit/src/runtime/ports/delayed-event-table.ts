import { bytes, datetime, key, nullable, table } from './table';

/** An event that waits for its time: what is needed to send it, and to tell of it. */
export interface DelayedEventRow {
  /** That of the message. */
  readonly id: string;
  readonly topic: string;
  /** By the clock of the service. */
  readonly dueAt: Date;
  /** The whole message, as it will be sent; its key is the `txId`. */
  readonly value: Buffer;
  readonly type: string;
  readonly target: string;
  readonly txId: string;
  readonly causationId: string;
  readonly addedAt: Date;
  /** The trace that it was added in, if there was one. */
  readonly traceparent: string | null;
}
/** Events that wait for their time. Whoever deletes a row, to send it or to cancel it, has decided what becomes of it. */
export const delayedEventTable = table<DelayedEventRow>('kit_delayed_events', {
  id: key(200),
  topic: key(249),
  dueAt: datetime,
  value: bytes,
  type: key(100),
  target: key(60),
  txId: key(64),
  causationId: key(200),
  addedAt: datetime,
  traceparent: nullable(key(60)),
});
