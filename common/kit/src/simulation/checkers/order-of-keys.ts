import type { CommitSeen } from '../history';
import type { Checker, Fault } from './checker';
import { messageKeyOf, type Facts } from './facts';

/**
 * What an instance sends to a topic under a key because of messages comes there, for the first time, in the order in which it
 * was committed: by this process or by its next life; and so does what it sends because of calls. Between the two, and between
 * instances, no order is promised, so what several have sent is left out.
 */
export const orderOfKeys: Checker = {
  name: 'keys keep their order',
  *faultsOf(facts) {
    yield* outOfSequence(facts);
    yield* onTwoPartitions(facts);
    yield* overtaken(facts);
  },
};

function* outOfSequence({ commits }: Facts): Iterable<Fault> {
  const last = new Map<string, number>();
  for (const { service, producer, sent } of commits)
    for (const { seq, topic } of sent) {
      const before = last.get(`${service} ${producer}`) ?? -Infinity;
      if (seq <= before)
        yield {
          message: `${service}: row ${seq} of producer ${producer}, for ${topic}, was committed behind ${before}`,
        };
      last.set(`${service} ${producer}`, Math.max(before, seq));
    }
}

function* onTwoPartitions({ records }: Facts): Iterable<Fault> {
  const partitions = new Map<string, number>();
  for (const { topic, key, partition, offset, injected } of records) {
    if (injected || key === undefined) continue;
    const known = partitions.get(`${topic}|${key}`);
    if (known === undefined) partitions.set(`${topic}|${key}`, partition);
    else if (known !== partition)
      yield { message: `${topic}@${partition}/${offset}: its key ${key} was on partition ${known} before`, txId: key };
  }
}

function* overtaken({ sendings, recordsByMessage }: Facts): Iterable<Fault> {
  const senders = new Map<string, string>();
  for (const { commit, sent, message } of sendings) {
    const key = messageKeyOf(sent.topic, message.id);
    const known = senders.get(key) ?? senderOf(commit);
    senders.set(key, known === senderOf(commit) ? known : 'several');
  }
  const latest = new Map<string, { readonly index: number; readonly id: string }>();
  const seen = new Set<string>();
  for (const { commit, sent, message } of sendings) {
    const key = messageKeyOf(sent.topic, message.id);
    const first = recordsByMessage.get(key)?.[0];
    if (!first || seen.has(key) || senders.get(key) === 'several') continue;
    seen.add(key);
    const lane = `${senderOf(commit)} ${sent.topic}|${sent.key}`;
    const before = latest.get(lane);
    if (before && first.index < before.index)
      yield {
        message: `${commit.instance}: ${message.id} came to ${sent.topic} before ${before.id}, which was committed before it`,
        txId: message.txId,
      };
    else latest.set(lane, { index: first.index, id: message.id });
  }
}

const senderOf = ({ service, instance, lane }: Pick<CommitSeen, 'service' | 'instance' | 'lane'>): string =>
  `${service} ${instance} ${lane}`;
