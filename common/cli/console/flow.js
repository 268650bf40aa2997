/** @import { Box, Layout, Point } from './page.js' */
/** @import { SagaOverview } from './types.js' */
import { s, textWidth } from './dom.js';
import { edgesOf, layoutOf, termsOf } from './flow-layout.js';
import { counted } from './format.js';

const tokensMax = 5;

/** @param {string} service @param {SagaOverview} saga */
const idOf = (service, saga) => `flow-${service}-${saga.name}`;

/** How many were rejected of late. @param {SagaOverview} saga */
export const rejectedOf = ({ recent }) => Object.values(recent.rejected).reduce((total, each) => total + each, 0);

/** @param {SagaOverview} saga @param {string} status @param {string} step */
const countAt = ({ standing }, status, step) =>
	standing.find((each) => each.status === status && each.step === step)?.count ?? 0;

/**
 * A saga as it flows: its steps, what undoes each beside it, and how many instances stand at each.
 * @param {string} service
 * @param {SagaOverview} saga
 * @param {number} width
 */
export function flow(service, saga, width) {
	const at = layoutOf(saga, width);
	const { name, steps, recent } = saga;
	return s(
		'svg.flow',
		{
			width: at.width,
			height: at.height,
			role: 'group',
			'aria-label': `${name}: ${counted(steps.length, 'step')}, and how many instances stand at each`,
			id: idOf(service, saga),
		},
		s('defs', ['onward', 'back'].map(arrowHead)),
		edgesOf(saga, at).map(({ points, kind }) => s('path', { class: `edge ${kind}`, d: `M${points.join('L')}` })),
		noReturn(saga, at),
		end(at.begun, 'begun', recent.begun),
		end(at.completed, 'completed', recent.completed),
		end(at.rejected, 'rejected', rejectedOf(saga)),
		steps.map((step, index) => {
			const stands = (/** @type {string} */ status) => ({
				count: countAt(saga, status, step.name),
				href: `#/sagas?${new URLSearchParams({ service, saga: name, status, step: step.name })}`,
			});
			const undo = at.undos[index];
			return [
				node(at.steps[index], { name: step.name, terms: termsOf(step), kind: step.kind, ...stands('running') }),
				undo && node(undo, { name: step.undo ?? '', terms: '↩ compensation', kind: 'undo', ...stands('compensating') }),
			];
		}),
		s('g.tokens', { 'data-kept': true, 'aria-hidden': true }),
	);
}

/** @param {string} kind */
const arrowHead = (kind) =>
	s(
		'marker',
		{
			id: `head-${kind}`,
			class: `arrow ${kind}`,
			refX: 7,
			refY: 4,
			markerWidth: 8,
			markerHeight: 8,
			orient: 'auto',
			markerUnits: 'userSpaceOnUse',
		},
		s('path', { d: 'M0 0L8 4L0 8z' }),
	);

/** What comes after the pivot is not undone. @param {SagaOverview} saga @param {Layout} at */
function noReturn({ steps }, at) {
	const index = steps.findIndex(({ kind }) => kind === 'pivot');
	const [pivot, next = at.completed] = [at.steps[index], at.steps[index + 1]];
	if (!pivot) return undefined;
	const { x, y, w, h: height } = pivot;
	const d = at.isWide
		? `M${(x + w + next.x) / 2} ${y - 12}V${y + height + 12}`
		: `M${x} ${(y + height + next.y) / 2}H${x + w}`;
	return s('path.no-return', { d });
}

/**
 * @param {Box | undefined} box
 * @param {{ name: string, terms: string, kind: string, count: number, href: string }} what
 */
function node(box, { name, terms, kind, count, href }) {
	if (!box) return undefined;
	const { x, y, w, h: height } = box;
	const [middle, right] = [x + w / 2, x + w + 8];
	const bubble = Math.max(24, textWidth(String(count), 13, 700) + 14);
	return s(
		'a',
		{
			href,
			class: `node ${kind}${count > 0 ? ' busy' : ''}`,
			'aria-label': `${name} ${terms}: ${counted(count, 'instance')}`,
		},
		s('rect.box', { x, y, width: w, height, rx: 10 }),
		kind === 'pivot' && s('rect.inner', { x: x + 4, y: y + 4, width: w - 8, height: height - 8, rx: 7 }),
		s('text.name', { x: middle, y: y + height / 2 - 3 }, name),
		' ', // between words, for who hears it
		s('text.terms', { x: middle, y: y + height / 2 + 14 }, terms),
		count > 0 && s('rect.count', { x: right - bubble, y: y - 12, width: bubble, height: 24, rx: 12 }),
		count > 0 && s('text.count', { x: right - bubble / 2, y: y + 4.5 }, count),
	);
}

/** @param {Box} box @param {string} name @param {number} count */
const end = ({ x, y, w, h: height }, name, count) =>
	s(
		'g',
		{ class: `end ${name}`, role: 'img', 'aria-label': `${counted(count, 'instance')} ${name} of late` },
		s('rect', { x, y, width: w, height, rx: height / 2 }),
		s('text.name', { x: x + w / 2, y: y + 21 }, count.toLocaleString('en')),
		s('text.terms', { x: x + w / 2, y: y + 36 }, name),
	);

/**
 * Lets a dot run along each edge over which instances have gone since `before`, unless whoever looks wants no motion.
 * @param {string} service
 * @param {SagaOverview} before
 * @param {SagaOverview} saga
 * @param {number} width
 */
export function animate(service, before, saga, width) {
	const layer = document.getElementById(idOf(service, saga))?.querySelector('.tokens');
	if (!layer || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
	const edges = edgesOf(saga, layoutOf(saga, width));
	const [onward, back] = ['onward', 'back'].map((kind) =>
		edges.filter((edge) => edge.kind === kind).map(({ points }) => points),
	);
	/** @param {readonly Point[] | undefined} points @param {number} count @param {string} [kind] */
	const run = (points, count, kind) => {
		for (let index = 0; points && index < Math.min(count, tokensMax); index++) send(layer, points, kind, index * 120);
	};
	/** @param {string} status @param {string} step */
	const gained = (status, step) => countAt(saga, status, step) - countAt(before, status, step);
	run(onward?.[0], saga.recent.begun - before.recent.begun);
	run(onward?.at(-1), saga.recent.completed - before.recent.completed);
	run(back?.[0], rejectedOf(saga) - rejectedOf(before), 'undo');
	saga.steps.slice(1).forEach(({ name }, index) => run(onward?.[index + 1], gained('running', name)));
	const undone = saga.steps.filter(({ undo }) => undo !== null);
	undone.forEach(({ name }, index) => run(back?.[index + 1], gained('compensating', name), 'undo'));
}

/** @param {Element} layer @param {readonly Point[]} points @param {string | undefined} kind @param {number} delay */
function send(layer, points, kind = '', delay) {
	const dot = s('circle', { class: `token ${kind}`, r: 5, opacity: 0 });
	layer.append(dot);
	const frames = points.map(([x, y]) => ({ transform: `translate(${x}px, ${y}px)`, opacity: 1 }));
	dot.animate(frames, { duration: 600, delay, easing: 'ease-in-out' }).addEventListener('finish', () => dot.remove());
}
