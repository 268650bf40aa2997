import { historyTable, inboxTable, parkedTable, type HistoryRow } from '../../runtime';
import type { Checker, Fault } from './checker';
import { inboxKeyOf, isAnswer, sagaIdOf, type Facts, type Written } from './facts';
import { finalRows } from './nothing-pending';

/**
 * Nothing is handled twice: a message has one row, which is written once, or one line in the history of a saga, which stays
 * there; and whoever listens to it has handled it.
 */
export const handledOnce: Checker = {
  name: 'messages are handled once',
  *faultsOf(facts) {
    yield* twice(facts.written(inboxTable));
    yield* twice(facts.written(historyTable).filter(isReceived), isCount);
    yield* twice(facts.lines, isCount);
    yield* unheard(facts);
  },
};

/** `mayChange`: what may become of a row that is there. */
function* twice<Item>(
  writes: readonly Written<Item>[],
  mayChange: (before: Item, after: Item) => boolean = () => false,
): Iterable<Fault> {
  const known = new Map<string, Item>();
  for (const { commit, service, write, id, item } of writes) {
    const before = known.get(`${service} ${id}`);
    if (item === undefined) yield { message: `${service}: the row of ${id}, which was handled, was deleted` };
    else if (before === undefined && write !== 'insert')
      yield { message: `${service}: the row of ${id} was written over before it was there (${commit.instance})` };
    else if (before !== undefined && (write === 'insert' || !mayChange(before, item)))
      yield { message: `${service}: ${id} was handled again by ${commit.instance}` };
    if (item !== undefined) known.set(`${service} ${id}`, item);
  }
}

const isReceived = ({ item }: Written<HistoryRow>): boolean => item?.direction === 'received';
/** What comes or is sent again is counted. */
const isCount = (before: HistoryRow, after: HistoryRow): boolean => after.times > before.times;

/** Who has handled one message of a kind listens to that kind; a saga listens to the answers to its commands. */
function* unheard(facts: Facts): Iterable<Fault> {
  const listeners = listenersOf(facts);
  const handled = new Set<string>();
  const asked = new Map<string, string>();
  for (const { service, item } of facts.written(inboxTable)) if (item) handled.add(`${service} ${item.id}`);
  for (const { service, item } of facts.noted) {
    if (item?.direction === 'received') handled.add(`${service} ${item.messageId}`);
    else if (item && facts.sagas.has(`${service} ${sagaIdOf(item.messageId)}`)) asked.set(item.messageId, service);
  }
  for (const service of facts.services)
    for (const { id } of finalRows(service, parkedTable)) handled.add(`${service.name} parked ${id}`);
  for (const records of facts.recordsByMessage.values()) {
    const { topic, message: seen } = records[0]!;
    const { type, id, txId, causationId } = seen!;
    const asker = isAnswer(seen!) ? asked.get(causationId) : undefined;
    if (asker !== undefined && !handled.has(`${asker} ${id}`) && !isParked(handled, asker, topic, id))
      yield { message: `${asker}: its saga has not received ${type} ${id}, which is on ${topic}`, txId };
    for (const service of listeners.get(`${topic} ${type}`) ?? [])
      if (!handled.has(inboxKeyOf(service, { txId, id })) && !isParked(handled, service, topic, id))
        yield { message: `${service}: ${type} ${id} is on ${topic} and was not handled`, txId };
  }
}

const isParked = (handled: ReadonlySet<string>, service: string, topic: string, id: string): boolean =>
  handled.has(`${service} parked ${topic}/${id}`);

function listenersOf({ written }: Facts): ReadonlyMap<string, ReadonlySet<string>> {
  const listeners = new Map<string, Set<string>>();
  for (const { service, item } of written(inboxTable)) {
    if (!item) continue;
    const kind = `${item.topic} ${item.type}`;
    if (!listeners.has(kind)) listeners.set(kind, new Set());
    listeners.get(kind)!.add(service);
  }
  return listeners;
}
