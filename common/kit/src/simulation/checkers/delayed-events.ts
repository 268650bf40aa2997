import { delayedEventTable, type DelayedEventRow } from '../../runtime';
import type { Checker, Fault } from './checker';
import { listed, messageKeyOf, type Facts, type Sending } from './facts';

/** A delayed event leaves once, at its time or later; one that was cancelled never does. */
export const delayedEvents: Checker = {
  name: 'delayed events leave once, and not before their time',
  *faultsOf(facts) {
    const sent = new Map<string, Sending[]>();
    for (const sending of facts.sendings) listed(sent, `${sending.commit.service} ${sending.message.id}`).push(sending);
    for (const [key, event] of kept(facts)) {
      const sendings = sent.get(key) ?? [];
      const fault = (what: string): Fault => ({
        message: `${event.service}: the delayed event ${event.row.id} ${what}`,
        txId: event.row.txId,
      });
      if (event.times > 1) yield fault('was kept twice');
      if (sendings.length > 1) yield fault(`left ${sendings.length} times`);
      const { deletedAt } = event;
      for (const { at } of sendings)
        if (deletedAt === undefined) yield fault('left, and its row stayed');
        else if (at !== deletedAt) yield fault('left, and its row was not deleted in the same commit');
      yield* early(facts, event.row, fault);
    }
  },
};

interface KeptEvent {
  readonly service: string;
  readonly row: DelayedEventRow;
  /** How often it was kept. */
  times: number;
  /** The commit that has sent or cancelled it. */
  deletedAt: number | undefined;
}

function kept({ written }: Facts): ReadonlyMap<string, KeptEvent> {
  const events = new Map<string, KeptEvent>();
  for (const { service, id, item, at } of written(delayedEventTable)) {
    const key = `${service} ${id}`;
    const known = events.get(key);
    if (!item) {
      if (known) known.deletedAt ??= at;
    } else if (known) known.times++;
    else events.set(key, { service, row: item, times: 1, deletedAt: undefined });
  }
  return events;
}

function* early({ recordsByMessage }: Facts, row: DelayedEventRow, fault: (what: string) => Fault): Iterable<Fault> {
  const first = recordsByMessage.get(messageKeyOf(row.topic, row.id))?.[0];
  const dueMs = new Date(row.dueAt).getTime();
  if (first && first.atMs < dueMs)
    yield fault(`came to ${row.topic} ${dueMs - first.atMs} ms before ${new Date(dueMs).toISOString()}, its time`);
}
