import { historyIdOf, noRefusal, txIdOf, type HistoryRow, type SagaRow } from './saga-tables';

/** What a saga's row says of its history, and what that is told by. */
export type KeptHistory = Pick<SagaRow, 'id' | 'saga' | 'startedAt' | 'history' | 'code' | 'errorMessage'>;
/** A message in it, but for its key. */
export type HistoryLine = Omit<HistoryRow, 'id' | 'awaited' | 'errorMessage'>;

/**
 * A line for a message that a saga has sent, or has gone on by, to be put behind those that are there:
 *
 *     >RejectTicket order-to-kitchen 3 2n i~CreateTicket/undo c=call-17 x2 l4h
 *
 * The sign says whether it was sent (`>`), received (`<`), or received and a refusal (`!`: the one that the saga's row has).
 * Behind the type and the topic stand its number and when it was, in milliseconds since the saga began. What else there is
 * to say is said only where it is not what it mostly is: `i` its id, `c` what has led to it (mostly the message before it,
 * whose id is `before`), `x` how often and `l` when it was last sent or received. Of ids that begin with the saga's own, `~` stands for that. Numbers have the base 36.
 */
export function lineOf(saga: KeptHistory, line: HistoryLine, before: string | undefined): string {
  const { direction, type, topic, number, messageId, causationId, code, times, at, lastAt } = line;
  const sign = direction === 'sent' ? '>' : code === null ? '<' : '!';
  let text = `${sign}${escaped(type)} ${escaped(topic)} ${number.toString(36)} ${sinceStart(saga, at)}`;
  if (messageId !== usualId(saga, line)) text += ` i${shortId(saga, messageId)}`;
  if (causationId !== before) text += ` c${shortId(saga, causationId)}`;
  if (times !== 1) text += ` x${times.toString(36)}`;
  if (lastAt.getTime() !== at.getTime()) text += ` l${sinceStart(saga, lastAt)}`;
  return `${text}\n`;
}

/** What the row of a saga keeps of its history, oldest first. */
export function historyIn(saga: KeptHistory): HistoryRow[] {
  const lines = (saga.history ?? '').split('\n').slice(0, -1);
  const rows: HistoryRow[] = [];
  for (const line of lines) rows.push(rowOf(saga, line, rows.at(-1)?.messageId ?? ''));
  return rows;
}

/** The same history with another line in the place of one. */
export const withLine = (saga: KeptHistory, rows: readonly HistoryRow[], index: number, line: HistoryRow): string =>
  rows.map((row, at) => lineOf(saga, at === index ? line : row, rows[at - 1]?.messageId)).join('');

/** The id of the last message, where it is a command, without reading the others; `undefined` where it is none. */
export function lastSentIn(saga: KeptHistory): string | undefined {
  const { history } = saga;
  if (history === null || history === '') return undefined;
  const start = history.lastIndexOf('\n', history.length - 2) + 1;
  if (history[start] !== '>') return undefined;
  const [type = '', , , , ...more] = history.slice(start + 1, -1).split(' ');
  const id = more.find((word) => word.startsWith('i'));
  return id === undefined ? `${saga.id}/${unescaped(type)}` : longId(saga, id.slice(1));
}

function rowOf(saga: KeptHistory, line: string, before: string): HistoryRow {
  const [first = '', topic = '', number = '', at = '', ...more] = line.split(' ');
  const said = (letter: string) => more.find((word) => word.startsWith(letter))?.slice(1);
  const direction = first.startsWith('>') ? 'sent' : 'received';
  const type = unescaped(first.slice(1));
  const [id, cause, times, lastAt] = [said('i'), said('c'), said('x'), said('l')];
  const causationId = cause === undefined ? before : longId(saga, cause);
  const messageId = id === undefined ? usualId(saga, { direction, type, causationId }) : longId(saga, id);
  const refusal = first.startsWith('!') ? { code: saga.code ?? '', errorMessage: saga.errorMessage } : noRefusal;
  return {
    id: historyIdOf({ target: saga.saga, txId: txIdOf(saga) }, direction, messageId),
    number: parseInt(number, 36),
    ...{ direction, topic: unescaped(topic), type, messageId, causationId, ...refusal, awaited: true },
    times: times === undefined ? 1 : parseInt(times, 36),
    at: atOf(saga, at),
    lastAt: atOf(saga, lastAt ?? at),
  };
}

/** A command is called by its type, and an answer by its command. */
const usualId = (
  { id }: KeptHistory,
  { direction, type, causationId }: Pick<HistoryRow, 'direction' | 'type' | 'causationId'>,
): string => (direction === 'sent' ? `${id}/${type}` : `${causationId}/answer`);

/** Without the saga's own id, which those of its messages begin with. */
const shortId = ({ id }: KeptHistory, messageId: string): string =>
  messageId.startsWith(`${id}/`) ? `~${escaped(messageId.slice(id.length + 1))}` : `=${escaped(messageId)}`;
const longId = ({ id }: KeptHistory, short: string): string =>
  (short.startsWith('~') ? `${id}/` : '') + unescaped(short.slice(1));

const sinceStart = ({ startedAt }: KeptHistory, at: Date): string => (at.getTime() - startedAt.getTime()).toString(36);
const atOf = ({ startedAt }: KeptHistory, since: string): Date => new Date(startedAt.getTime() + parseInt(since, 36));

/** Names and ids have no spaces, and are ASCII; what is not comes back all the same. */
const escaped = (text: string): string =>
  /[^!-~]|%/.test(text) ? text.replace(/[^!-~]|%/g, (unit) => `%${hexOf(unit.charCodeAt(0))}`) : text;
const unescaped = (text: string): string =>
  text.includes('%') ? text.replace(/%(.{4})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))) : text;
const hexOf = (unit: number): string => unit.toString(16).padStart(4, '0');
