import type { MessageSeen } from '../history';
import type { Checker, Fault } from './checker';
import { isAnswer, sagaIdOf, type Facts } from './facts';

/** Two messages never have one id: who has handled one would pass over the other. */
export const idsOfMessages: Checker = {
  name: 'ids do not collide',
  *faultsOf(facts) {
    const known = new Map<string, Seen>();
    for (const { commit, sent, message } of facts.sendings)
      yield* meet(known, { message, topic: sent.topic, where: `the outbox of ${commit.instance}` });
    for (const { topic, partition, offset, message } of facts.records)
      if (message) yield* meet(known, { message, topic, where: `${topic}@${partition}/${offset}` });
    yield* twoEvents(facts);
  },
};

interface Seen {
  readonly message: MessageSeen;
  readonly topic: string;
  readonly where: string;
}

function* meet(known: Map<string, Seen>, seen: Seen): Iterable<Fault> {
  const { message, where } = seen;
  const before = known.get(message.id);
  if (!before) known.set(message.id, seen);
  else if (nameOf(before) !== nameOf(seen))
    yield {
      message: `${message.id} is ${nameOf(before)} in ${before.where}, and ${nameOf(seen)} in ${where}`,
      txId: message.txId,
    };
}

/** Everything but the time, and how the answer to a command turned out. */
const nameOf = ({ message, topic }: Seen): string => {
  const { type, target, txId, causationId } = message;
  return `${isAnswer(message) ? 'an answer' : type} for ${topic} of ${target}/${txId} because of ${causationId}`;
};

/** A command or an answer is sent again as often as it takes; an event is sent by one commit. */
function* twoEvents({ sendings, sagas }: Facts): Iterable<Fault> {
  const known = new Map<string, (typeof sendings)[number]>();
  for (const sending of sendings) {
    const { commit, message } = sending;
    const { id, txId } = message;
    if (isAnswer(message) || sagas.has(`${commit.service} ${sagaIdOf(id)}`)) continue;
    const before = known.get(id);
    if (before && !isReplay(commit))
      yield { message: `two events have the id ${id}, of ${before.commit.instance} and of ${commit.instance}`, txId };
    known.set(id, sending);
  }
}

/** An operator has put a parked message on its topic again. */
const isReplay = ({ rows }: Facts['commits'][number]): boolean =>
  rows.some(({ table, item }) => table === 'kit_audit' && item?.['verb'] === 'replay');
