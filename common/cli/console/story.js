/** @import { HistoryLine, SagaDetails, SagaOverview, StoryNode } from './types.js' */

/**
 * A message of a process, as one line of its story.
 * @typedef {object} Line
 * @property {string} id
 * @property {StoryNode} message
 * @property {string} from who has sent it, `''` if that is not known
 * @property {string} to who has handled it, or is to; `''` if that is not known
 * @property {boolean} isHandled
 * @property {number} at when it was sent, in milliseconds
 * @property {number | null} latencyMs until it was handled
 * @property {boolean} isCompensation
 * @property {boolean} isAwaited the saga waits for its answer
 */

/**
 * Each message of a story, in the order in which they were sent.
 * @param {readonly StoryNode[]} story
 * @param {SagaDetails | undefined} saga
 * @param {SagaOverview | undefined} definition
 * @param {(topic: string) => string} listens who handles what is on a topic
 * @returns {Line[]}
 */
export function linesOf(story, saga, definition, listens) {
  const undos = new Set(definition?.steps.flatMap(({ undo }) => undo ?? []));
  const awaited = saga && awaitedOf(saga, definition);
  /** @type {Line[]} */
  const lines = [];
  /** @param {StoryNode} message @param {StoryNode} [undo] what has caused it, if that was a compensation */
  const walk = (message, undo) => {
    const isUndo = undos.has(message.type);
    const isAnswer = undo !== undefined && message.sent[0]?.service !== undo.sent[0]?.service;
    const isAwaited = message.type === awaited && message.caused.length === 0;
    lines.push(...arrowsOf(message, listens, { isCompensation: isUndo || isAnswer, isAwaited }));
    for (const each of message.caused) walk(each, isUndo ? message : undefined);
  };
  for (const message of story) walk(message);
  return lines.sort((one, other) => one.at - other.at);
}

/** The command whose answer a saga waits for. @param {SagaDetails} saga @param {SagaOverview | undefined} definition */
export function awaitedOf({ status, step }, definition) {
  if (status === 'running') return step;
  if (status !== 'compensating') return undefined;
  return definition?.steps.find(({ name }) => name === step)?.undo ?? undefined;
}

/**
 * @param {StoryNode} message
 * @param {(topic: string) => string} listens
 * @param {{ isCompensation: boolean, isAwaited: boolean }} marks
 * @returns {Line[]}
 */
function arrowsOf(message, listens, marks) {
  const { sent, received, messageId, topic } = message;
  const sender = sent[0];
  const line = (/** @type {import('./types.js').Hand | undefined} */ hand) => {
    const at = Date.parse(sender?.at ?? hand?.at ?? '');
    return {
      id: `${messageId} ${hand?.service ?? ''}`,
      message,
      from: sender?.service ?? '',
      to: hand?.service ?? listens(topic),
      at,
      latencyMs: hand && sender ? Math.max(0, Date.parse(hand.at) - at) : null,
      isHandled: hand !== undefined,
      ...marks,
    };
  };
  return received.length === 0 ? [line(undefined)] : received.map(line);
}

/** What a saga itself has noted, where nobody tells the story. @param {string} service @param {readonly HistoryLine[]} history @returns {StoryNode[]} */
export const storyFrom = (service, history) =>
  history.map(({ at, direction, type, topic, code, times }, index) => {
    const hand = { service, at, times };
    const [sent, received] = direction === 'sent' ? [[hand], []] : [[], [hand]];
    return { type, code, topic, messageId: String(index), causationId: '', sent, received, caused: [] };
  });

/** Who takes part, in the order in which they come in. @param {readonly Line[]} lines */
export const participantsOf = (lines) => [...new Set(lines.flatMap(({ from, to }) => [from, to]).filter(Boolean))];

/** What a line is called: a refusal by its code. @param {Line} line */
export function nameOf({ message: { type, code, sent, received }, isCompensation }) {
  const times = Math.max(...[...sent, ...received].map((hand) => hand.times));
  const name = code === null ? type : `✕ ${code}`;
  return `${isCompensation ? '↩ ' : ''}${name}${times > 1 ? ` ×${times}` : ''}`;
}
