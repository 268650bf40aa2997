/** @import { Line } from './page.js' */
/** @import { Contracts, Hand, SagaDetails, SagaOverview, StoryNode } from './types.js' */
import { duration } from './format.js';

/**
 * Each message of a story, in the order in which they were sent.
 * @param {readonly StoryNode[]} story
 * @param {SagaDetails | undefined} saga
 * @param {SagaOverview | undefined} definition
 * @param {readonly Contracts[]} contracts
 * @returns {Line[]}
 */
export function linesOf(story, saga, definition, contracts) {
	const undos = new Set(definition?.steps.flatMap(({ undo }) => undo ?? []));
	const awaited = saga && awaitedOf(saga, definition);
	/** @type {Line[]} */
	const lines = [];
	/** @param {StoryNode} message @param {StoryNode} [undo] what has caused it, if that was a compensation */
	const walk = (message, undo) => {
		const isUndo = undos.has(message.type);
		const isAnswer = undo !== undefined && message.sent[0]?.service !== undo.sent[0]?.service;
		const isAwaited = message.type === awaited && message.caused.length === 0;
		lines.push(...arrowsOf(message, contracts, { isCompensation: isUndo || isAnswer, isAwaited }));
		for (const each of message.caused) walk(each, isUndo ? message : undefined);
	};
	for (const message of story) walk(message);
	return lines.sort((one, other) => one.at - other.at);
}

/** The command whose answer a saga waits for. @param {SagaDetails} saga @param {SagaOverview | undefined} definition */
function awaitedOf({ status, step }, definition) {
	if (status === 'running') return step;
	return status === 'compensating' ? definition?.steps.find(({ name }) => name === step)?.undo : undefined;
}

/**
 * @param {StoryNode} message
 * @param {readonly Contracts[]} contracts
 * @param {{ isCompensation: boolean, isAwaited: boolean }} marks
 * @returns {Line[]}
 */
function arrowsOf(message, contracts, marks) {
	const { sent, received } = message;
	const sender = sent[0];
	/** @param {Hand | undefined} hand */
	const line = (hand) => {
		const at = Date.parse(sender?.at ?? hand?.at ?? '');
		return {
			message,
			from: sender?.service ?? '',
			to: hand?.service ?? listenerTo(message, contracts),
			at,
			latencyMs: hand && sender ? Math.max(0, Date.parse(hand.at) - at) : null,
			isHandled: hand !== undefined,
			...marks,
		};
	};
	return received.length === 0 ? [line(undefined)] : received.map(line);
}

/** @param {StoryNode} message @param {readonly Contracts[]} contracts */
const listenerTo = ({ topic, type, code }, contracts) =>
	contracts.find(({ listens }) =>
		listens.some((each) => each.topic === topic && (code !== null || each.message === type)),
	)?.service ?? '';

/** How long it took, or why it did not. @param {Line} line */
export const tookOf = ({ isHandled, latencyMs, to }) =>
	isHandled ? duration(latencyMs) : to === '' ? 'nobody listens' : 'not handled yet';

/** Who takes part, in the order in which they come in. @param {readonly Line[]} lines */
export const participantsOf = (lines) => [...new Set(lines.flatMap(({ from, to }) => [from, to]).filter(Boolean))];

/** What a line is called: a refusal by its code. @param {Line} line */
export function nameOf({ message: { type, code, sent, received }, isCompensation }) {
	const times = Math.max(...[...sent, ...received].map((hand) => hand.times));
	return `${isCompensation ? '↩ ' : ''}${code === null ? type : `✕ ${code}`}${times > 1 ? ` ×${times}` : ''}`;
}
