import {
  delayedEventTable,
  openStatuses,
  orderingKeyTable,
  outboxTable,
  parkedTable,
  refusedRecordTable,
  sagaTable,
} from '../../runtime';
import { recordsIn, type StoredRecords } from '../../sql';
import type { ServiceSeen } from '../history';
import type { Checker, Fault } from './checker';

/** In the end nothing waits: not in an outbox, not with what was refused, not for its time, not behind another message. */
export const nothingPending: Checker = {
  name: 'nothing is pending',
  *faultsOf({ services }, { endedAtMs = Infinity }) {
    for (const service of services) {
      for (const { producer, ...row } of finalRows(service, outboxTable))
        for (const { seq, topic, key } of recordsIn(row as StoredRecords))
          yield faultOf(
            service,
            `record ${seq} of the outbox of producer ${producer}, for ${topic}, was not sent`,
            key,
          );
      for (const { topic, record_key, reason } of finalRows(service, refusedRecordTable))
        yield faultOf(service, `a message for ${topic} is still refused: ${reason}`, record_key);
      for (const { id, due_at, tx_id } of finalRows(service, delayedEventTable))
        if (Number(due_at) <= endedAtMs) yield faultOf(service, `the delayed event ${id} has not left`, tx_id);
      yield* timersOf(service);
      yield* orderingKeysOf(service);
    }
  },
};

/** Rows of a table as its service's database has them in the end. */
export const finalRows = (service: ServiceSeen, { name }: { readonly name: string }): readonly FinalRow[] =>
  service.tables[name] ?? [];
type FinalRow = Readonly<Record<string, any>>;

function* timersOf(service: ServiceSeen): Iterable<Fault> {
  for (const { id, saga, status, due_at, paused } of finalRows(service, sagaTable)) {
    const isOpen = (openStatuses as readonly unknown[]).includes(status);
    const txId = String(id).slice(String(saga).length + 1);
    if (isOpen && Number(paused)) yield faultOf(service, `saga ${id} is paused`, txId);
    if (!isOpen && due_at !== null) yield faultOf(service, `saga ${id} is ${status}, and still waits for a time`, txId);
  }
}

/** A key has a row as long as messages of it are parked that block it, and for nothing else. */
function* orderingKeysOf(service: ServiceSeen): Iterable<Fault> {
  const blocking = new Map<unknown, number>();
  for (const { ordering_key, overtaken } of finalRows(service, parkedTable))
    if (ordering_key !== null && !Number(overtaken)) blocking.set(ordering_key, (blocking.get(ordering_key) ?? 0) + 1);
  for (const { id, head, parked, released } of finalRows(service, orderingKeyTable)) {
    const txId = String(id).slice(String(id).indexOf('|') + 1);
    const count = blocking.get(id) ?? 0;
    blocking.delete(id);
    if (head !== null) yield faultOf(service, `${head} of the ordering key ${id} is still being tried`, txId);
    if (Number(released))
      yield faultOf(service, `what is parked in the ordering key ${id} is still to be handled`, txId);
    if (Number(parked) !== count)
      yield faultOf(service, `the ordering key ${id} counts ${parked} parked messages, and ${count} are there`, txId);
    else if (head === null && count === 0) yield faultOf(service, `the ordering key ${id} has a row for nothing`, txId);
  }
  for (const [id, count] of blocking)
    yield faultOf(service, `${count} messages are parked in the ordering key ${id}, which has no row`, undefined);
}

const faultOf = ({ name }: ServiceSeen, what: string, txId: unknown): Fault => ({
  message: `${name}: ${what}`,
  ...(typeof txId === 'string' && { txId }),
});
