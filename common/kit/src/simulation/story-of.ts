import type { History, RecordSeen } from './history';
import type { SimulatedRun } from './simulation';

const messagesMax = 20;

/**
 * What has happened in a run, as text: a line for each message of the processes that a violation is about (of all, where it
 * names none), in the order in which they came to the log, and in between what has happened to the services. 20 messages at
 * the most.
 */
export function storyOf({
  history,
  notes,
  violations,
}: Pick<SimulatedRun, 'history' | 'notes' | 'violations'>): string {
  const about = new Set(violations.flatMap(({ txId }) => (txId === undefined ? [] : [txId])));
  const senders = sendersIn(history);
  const lines: string[] = [];
  const told = new Map<string, number>();
  let count = 0;
  let next = 0;
  history.records.forEach((record, index) => {
    for (; next < notes.length && notes[next]!.before <= index; next++) lines.push(`  ${notes[next]!.what}`);
    const { message } = record;
    if (about.size > 0 && !(message && about.has(message.txId))) return;
    const place = `${record.topic} ${message?.id ?? record.offset}`;
    const before = told.get(place) ?? 0;
    told.set(place, before + 1);
    if (before === 0 && ++count <= messagesMax) lines.push(lineOf(record, history, senders));
  });
  for (const { what } of notes.slice(next)) lines.push(`  ${what}`);
  const again = [...told.values()].reduce((sum, times) => sum + times - 1, 0);
  return [
    ...lines,
    ...(count > messagesMax ? [`… and ${count - messagesMax} more messages`] : []),
    ...(again > 0 ? [`(${again} times a message came once more)`] : []),
    ...violations.slice(0, messagesMax).map(({ checker, message }) => `✗ ${checker}: ${message}`),
  ].join('\n');
}

function lineOf(
  { topic, message, injected }: RecordSeen,
  { services }: History,
  senders: ReadonlyMap<string, string>,
): string {
  const to = services.filter(({ topics }) => topics.includes(topic)).map(({ name }) => name);
  const from = injected ? 'somebody' : (senders.get(`${topic} ${message?.id}`) ?? 'nobody');
  const what = message ? `${message.code ?? message.type}  ${message.target}/${message.txId}` : 'what cannot be read';
  return `${from} → ${to.join(', ') || topic}  ${what}`;
}

function sendersIn({ commits }: History): ReadonlyMap<string, string> {
  const senders = new Map<string, string>();
  for (const { service, sent } of commits)
    for (const { topic, message } of sent) if (message) senders.set(`${topic} ${message.id}`, service);
  return senders;
}
