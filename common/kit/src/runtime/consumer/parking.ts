import type { HandlerContext } from '../handling/handler-context';
import type { ConsumerRecord } from '../ports/broker';
import {
  orderingKeyTable,
  parkedTable,
  type OrderingKeyRow,
  type ParkedRow,
  type ParkReason,
} from '../ports/kit-tables';

/** At this bound an ordering key or a service parks nothing more: the message waits instead, and in time its partition. */
export const parkedMax = { orderingKey: 1_000, service: 1_000_000 } as const;
const errorCharsMax = 1_000;

/** A message to be given up. `id` is the message's own, if it has one. */
export interface ParkRequest {
  readonly record: ConsumerRecord;
  readonly id: string | undefined;
  /** The line it stands in, and blocks. */
  readonly orderingKey: OrderingKeyRow | undefined;
  readonly reason: ParkReason;
  /** The paused saga that it waits for. */
  readonly waitsFor?: string | undefined;
  readonly error: string;
  readonly attempts: number;
  /** Whether there is room for one more. */
  readonly mayAdd: boolean;
}

/**
 * Keeps a message that nobody can handle, with its reason and its bytes. One that is parked already is counted; what it was
 * tried again for in vain this time is kept, too. Resolves with its id there; `undefined` where there is no room for it.
 */
export async function park(context: HandlerContext, request: ParkRequest): Promise<string | undefined> {
  const parked = context.attempt.rows(parkedTable);
  const { record, orderingKey, reason, waitsFor = null } = request;
  const error = request.error.slice(0, errorCharsMax);
  const id = parkedIdOf(record, request.id);
  const known = await parked.get(id);
  const now = context.now();
  const isBehind = reason === 'behind';
  if (known) {
    const why = isBehind ? {} : { reason, waitsFor, error, attempts: known.attempts + request.attempts };
    parked.put({ ...known, ...why, times: known.times + 1, lastAt: now });
    if (orderingKey && !isBehind) keepOrderingKey(context, blocked(orderingKey, orderingKey.parked));
    return id;
  }
  if (!request.mayAdd) return undefined;
  if (orderingKey)
    keepOrderingKey(
      context,
      isBehind ? { ...orderingKey, parked: orderingKey.parked + 1 } : blocked(orderingKey, orderingKey.parked + 1),
    );
  const { topic, partition: recordPartition, offset, key: recordKey, headers, value } = record;
  const where = { topic, recordPartition, recordOffset: String(offset), recordKey, headers, value };
  const why = { reason, waitsFor, error, attempts: request.attempts };
  parked.add({
    id,
    orderingKey: orderingKey?.id ?? null,
    ...why,
    times: 1,
    overtaken: false,
    ...where,
    at: now,
    lastAt: now,
  });
  return id;
}

/** What a message finds in an ordering key in which something is parked. */
export type KeyStanding =
  | 'behind' // something stands in its way
  | 'passes' // an undo goes past its own do
  | 'again'; // it stands in the way itself, or it is its turn: it is tried anew

/** A message that comes again after it was parked is a new try. Those behind it are tried in order once it is handled. */
export async function standingOf(
  context: HandlerContext,
  orderingKey: OrderingKeyRow,
  { topic, id, doId, isReplay }: { topic: string; id: string; doId: string | undefined; isReplay: boolean },
): Promise<KeyStanding> {
  const parked = context.attempt.rows(parkedTable);
  const own = await parked.get(`${topic}/${id}`);
  const isItsTurn = own?.reason !== 'behind' || (isReplay && orderingKey.released);
  if (own?.orderingKey === orderingKey.id && !own.overtaken && isItsTurn) return 'again';
  const itsDo = doId === undefined ? undefined : await parked.get(`${topic}/${doId}`);
  if (itsDo?.orderingKey !== orderingKey.id) return 'behind';
  if (!itsDo.overtaken) {
    parked.put({ ...itsDo, overtaken: true });
    keepOrderingKey(context, without(orderingKey, itsDo.reason !== 'behind'));
  }
  return 'passes';
}

/** A message that was parked has been handled. */
export function unpark(context: HandlerContext, orderingKey: OrderingKeyRow, topic: string, id: string): void {
  context.attempt.rows(parkedTable).delete(`${topic}/${id}`);
  keepOrderingKey(context, without(orderingKey, true));
}

/**
 * An ordering key that something is the matter with. The few that are there are locked once they are found: operators change
 * them, too, in any instance.
 */
export async function orderingKeyRow(context: HandlerContext, id: string): Promise<OrderingKeyRow | undefined> {
  const rows = context.attempt.rows(orderingKeyTable);
  return (await rows.get(id)) && rows.locked(id);
}

/** A parked message is given up for good; what is behind it goes on when nothing else is in its way. */
export async function dropParked(context: HandlerContext, row: ParkedRow): Promise<void> {
  context.attempt.rows(parkedTable).delete(row.id);
  const orderingKey = row.orderingKey === null ? undefined : await orderingKeyRow(context, row.orderingKey);
  if (orderingKey && !row.overtaken) keepOrderingKey(context, without(orderingKey, row.reason !== 'behind'));
}

/** A line that nothing is the matter with has no row. */
export function keepOrderingKey(context: HandlerContext, orderingKey: OrderingKeyRow): void {
  if (orderingKey.head === null && orderingKey.parked === 0)
    context.attempt.rows(orderingKeyTable).delete(orderingKey.id);
  else context.attempt.rows(orderingKeyTable).put(orderingKey);
}

const atRest = { head: null, attempts: 0, spentMs: 0 };

const blocked = ({ id }: OrderingKeyRow, parked: number): OrderingKeyRow => ({
  id,
  ...atRest,
  parked,
  released: false,
});

/** One less; `released`: it was the one that all the others are behind. */
const without = (orderingKey: OrderingKeyRow, released: boolean): OrderingKeyRow => ({
  ...orderingKey,
  parked: orderingKey.parked - 1,
  released: orderingKey.parked > 1 && (released || orderingKey.released),
});

const parkedIdOf = ({ topic, partition, offset }: ConsumerRecord, id: string | undefined): string =>
  id === undefined ? `${topic}@${partition}/${offset}` : `${topic}/${id}`;

/** The record as it was found. */
export const recordOf = (row: ParkedRow): ConsumerRecord => ({
  topic: row.topic,
  partition: row.recordPartition,
  offset: BigInt(row.recordOffset),
  key: row.recordKey,
  value: row.value,
  headers: row.headers,
});
