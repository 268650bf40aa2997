import { UNDONE } from '../../contract';
import { inboxTable } from '../../runtime';
import type { MessageSeen } from '../history';
import type { Checker, Fault } from './checker';
import { inboxKeyOf, isAnswer, messageKeyOf, type Sending } from './facts';

/**
 * A command that comes again is answered again, and the same, byte by byte. One whose undo came first is never answered but with
 * `UNDONE`, which nobody keeps.
 */
export const sameAnswer: Checker = {
  name: 'a command has one answer',
  *faultsOf({ sendings, written }) {
    yield* silences(sendings);
    const overtaken = new Set<string>();
    for (const { service, item } of written(inboxTable))
      if (item?.outcome === 'undone') overtaken.add(`${service} ${item.id}`);
    const first = new Map<string, { readonly digest: string; readonly message: MessageSeen }>();
    for (const { commit, sent, message } of sendings) {
      if (!isAnswer(message)) continue;
      const fault = (what: string): Fault => ({
        message: `${commit.service}: ${message.causationId} ${what} (by ${commit.instance})`,
        txId: message.txId,
      });
      const { txId, causationId: id } = message;
      const isOvertaken = overtaken.has(inboxKeyOf(commit.service, { txId, id }));
      if (isOvertaken && message.code !== UNDONE)
        yield fault(`was answered ${answerOf(message)}, though its undo had come first`);
      if (!isOvertaken && message.code === UNDONE)
        yield fault(`was answered ${UNDONE}, though its undo had not come first`);
      const key = messageKeyOf(sent.topic, message.id);
      const known = first.get(key);
      if (!known) first.set(key, { digest: sent.digest, message });
      else if (message.code !== UNDONE && known.message.code !== UNDONE && known.digest !== sent.digest)
        yield fault(
          answerOf(known.message) === answerOf(message)
            ? `was answered ${answerOf(message)} twice, with other bytes`
            : `was answered ${answerOf(known.message)}, and then ${answerOf(message)}`,
        );
    }
  },
};

/** Of a command that was answered at all: it is answered as often as it is sent. */
function* silences(sendings: readonly Sending[]): Iterable<Fault> {
  const [asked, answered] = [new Map<string, number>(), new Map<string, number>()];
  for (const { message } of sendings) {
    const [counts, id] = isAnswer(message) ? [answered, message.causationId] : [asked, message.id];
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  for (const [id, answers] of answered)
    if (answers < (asked.get(id) ?? 0))
      yield { message: `${id} was asked for ${asked.get(id)} times, and answered ${answers} times` };
}

const answerOf = ({ type, code }: MessageSeen): string => code ?? type;
