/** @import { Box, Edge, Layout, Point } from './page.js' */
/** @import { SagaOverview, Step } from './types.js' */
import { textWidth } from './dom.js';
import { duration } from './format.js';

const [stepHeight, undoHeight, endHeight, endWidth, gapMin] = [60, 46, 46, 92, 26];

/** For how long a step is waited for. @param {Step} step */
export const termsOf = ({ kind, timeoutMs }) =>
	kind === 'compensatable' ? `within ${duration(timeoutMs)}` : `${kind}, again after ${duration(timeoutMs)}`;

/**
 * Steps from left to right with their compensations below; from top to bottom, beside each other, where there is no room.
 * @param {SagaOverview} saga
 * @param {number} width
 * @returns {Layout}
 */
export function layoutOf({ steps }, width) {
	const undos = steps.map(({ undo }) => (undo === null ? 0 : textWidth(undo, 13, 600) + 28));
	const texts = steps.map((step) => Math.max(textWidth(step.name, 14, 600), textWidth(termsOf(step), 12)) + 28);
	const needed = Math.max(...texts, ...undos);
	const gap = (width - 2 * endWidth - needed * steps.length) / (steps.length + 1);
	return gap >= gapMin ? wide(steps, width, needed) : narrow(steps, width, Math.max(...texts), Math.max(...undos));
}

/** @param {readonly Step[]} steps @param {number} width @param {number} needed @returns {Layout} */
function wide(steps, width, needed) {
	const w = Math.min(needed + 24, 220);
	const gap = Math.min(84, (width - 2 * endWidth - w * steps.length) / (steps.length + 1));
	const [top, low] = [14, 132];
	const x = (/** @type {number} */ index) => endWidth + gap + index * (w + gap);
	const end = { y: top + (stepHeight - endHeight) / 2, w: endWidth, h: endHeight };
	return {
		isWide: true,
		width: x(steps.length) + endWidth,
		height: low + undoHeight + 12,
		begun: { ...end, x: 0 },
		completed: { ...end, x: x(steps.length) },
		rejected: { ...end, x: 0, y: low },
		steps: steps.map((_, index) => ({ x: x(index), y: top, w, h: stepHeight })),
		undos: steps.map(({ undo }, index) =>
			undo === null ? undefined : { x: x(index) + 10, y: low, w: w - 20, h: undoHeight },
		),
	};
}

/** @param {readonly Step[]} steps @param {number} width @param {number} first @param {number} second @returns {Layout} */
function narrow(steps, width, first, second) {
	const w = Math.min(first + 8, width * 0.54);
	const right = w + 22;
	const undoWidth = Math.min(Math.max(second + 8, endWidth), width - right - 10);
	const y = (/** @type {number} */ index) => 88 + index * (stepHeight + 28);
	const end = { x: (w - endWidth) / 2, y: 14, w: endWidth, h: endHeight };
	return {
		isWide: false,
		width: right + undoWidth + 10,
		height: y(steps.length) + endHeight + 12,
		begun: end,
		completed: { ...end, y: y(steps.length) },
		rejected: { ...end, x: right + (undoWidth - endWidth) / 2 },
		steps: steps.map((_, index) => ({ x: 0, y: y(index), w, h: stepHeight })),
		undos: steps.map(({ undo }, index) =>
			undo === null ? undefined : { x: right, y: y(index) + 7, w: undoWidth, h: undoHeight },
		),
	};
}

/** @typedef {'left' | 'right' | 'top' | 'bottom'} Side */

/** The middle of a side. @param {Box} box @param {Side} side @returns {Point} */
function middle({ x, y, w, h }, side) {
	if (side === 'top' || side === 'bottom') return [x + w / 2, side === 'top' ? y : y + h];
	return [side === 'left' ? x : x + w, y + h / 2];
}

/** @param {SagaOverview} saga @param {Layout} at @returns {Edge[]} */
export function edgesOf({ steps }, { isWide, begun, completed, rejected, steps: boxes, undos }) {
	/** @type {[Side, Side]} */
	const [out, into] = isWide ? ['right', 'left'] : ['bottom', 'top'];
	/** @type {[Side, Side]} */
	const [below, above] = isWide ? ['bottom', 'top'] : ['right', 'left'];
	/** @type {Edge[]} */
	const edges = [];
	/** @type {Box | undefined} */
	let before;
	for (const box of [begun, ...boxes, completed]) {
		if (before) edges.push({ kind: 'onward', points: [middle(before, out), middle(box, into)] });
		before = box;
	}
	let last = rejected;
	undos.forEach((undo, index) => {
		const step = boxes[index];
		if (!undo || !step) return;
		edges.unshift({ kind: 'tie', points: [middle(step, below), middle(undo, above)] });
		edges.push({ kind: 'back', points: [middle(undo, into), middle(last, out)] });
		last = undo;
	});
	const turn = boxes[steps.findIndex(({ kind }) => kind === 'pivot')];
	if (!turn) return edges;
	const [from, to] = [middle(turn, below), middle(last, out)];
	edges.push({ kind: 'back', points: [from, isWide ? [from[0], to[1]] : [to[0], from[1]], to] });
	return edges;
}
