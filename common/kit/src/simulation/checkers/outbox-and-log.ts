import type { Checker, Fault } from './checker';
import { listed, messageKeyOf, type Facts, type Sending } from './facts';

/** What services put on the log was in an outbox, as it is, and everything in an outbox comes to the log. */
export const outboxAndLog: Checker = {
  name: 'outboxes and log agree',
  *faultsOf(facts) {
    const sent = new Map<string, Sending[]>();
    for (const sending of facts.sendings)
      listed(sent, messageKeyOf(sending.sent.topic, sending.message.id)).push(sending);
    yield* notOnLog(facts, sent);
    yield* notFromOutbox(facts, sent);
    yield* unreadable(facts);
  },
};

function* notOnLog({ recordsByMessage }: Facts, sent: ReadonlyMap<string, readonly Sending[]>): Iterable<Fault> {
  for (const [key, sendings] of sent) {
    const records = recordsByMessage.get(key)?.length ?? 0;
    const [{ commit, message, sent: row }] = sendings as readonly [Sending];
    if (records < sendings.length)
      yield {
        message: `${commit.service}: ${message.type} ${message.id} was ${sendings.length} times in an outbox for ${row.topic}, and is there ${records} times`,
        txId: message.txId,
      };
  }
}

function* notFromOutbox({ recordsByMessage }: Facts, sent: ReadonlyMap<string, readonly Sending[]>): Iterable<Fault> {
  for (const [key, records] of recordsByMessage) {
    const sendings = sent.get(key) ?? [];
    const digests = new Set(sendings.map(({ sent: row }) => `${row.key} ${row.digest}`));
    for (const { topic, partition, offset, message, digest, key: recordKey } of records) {
      if (digests.has(`${recordKey} ${digest}`)) continue;
      const { type, id, txId } = message!;
      const what = sendings.length === 0 ? 'was in no outbox' : 'has another key or other bytes than in the outbox';
      yield { message: `${type} ${id}, ${topic}@${partition}/${offset}, ${what}`, txId };
    }
  }
}

/** What cannot be read is known by its bytes. */
function* unreadable({ commits, records }: Facts): Iterable<Fault> {
  const onLog = new Set<string>();
  const inOutbox = new Set<string>();
  for (const { injected, message, topic, digest } of records)
    if (!injected && !message) onLog.add(`${topic} ${digest}`);
  for (const { service, sent } of commits)
    for (const { message, topic, seq, digest } of sent) {
      if (message) continue;
      inOutbox.add(`${topic} ${digest}`);
      if (!onLog.has(`${topic} ${digest}`))
        yield { message: `${service}: row ${seq} of its outbox, which cannot be read, is not on ${topic}` };
    }
  for (const { injected, message, topic, partition, offset, digest } of records)
    if (!injected && !message && !inOutbox.has(`${topic} ${digest}`))
      yield { message: `${topic}@${partition}/${offset}, which cannot be read, was in no outbox` };
}
