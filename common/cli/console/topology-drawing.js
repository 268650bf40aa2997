/** @import { Topic } from './page.js' */
/** @import { TopicState } from './types.js' */
import { s, textWidth } from './dom.js';
import { counted } from './format.js';
import { system } from './system.js';

const [top, rowHeight, topicHeight] = [34, 40, 28];

/** How many messages wait on a topic for a service. @param {TopicState} state */
export const lagOf = ({ partitions }) => partitions.reduce((total, { lag }) => total + (lag ?? 0), 0);

/**
 * Services that send on the left, topics in the middle, services that listen on the right.
 * @param {readonly string[]} services
 * @param {readonly Topic[]} topics
 * @param {number} width
 */
export function topologyDrawing(services, topics, width) {
	const serviceWidth = Math.max(116, ...services.map((name) => textWidth(name, 13, 600) + 48));
	const textMax = Math.max(120, ...topics.map(({ topic }) => textWidth(topic, 12)));
	const topicWidth = Math.min(textMax + 116, width - 2 * serviceWidth - 120);
	const [left, right] = [(width - topicWidth) / 2, (width + topicWidth) / 2];
	const rowY = (/** @type {number} */ index) => top + index * rowHeight + topicHeight / 2;
	const placed = (/** @type {'senders' | 'listeners'} */ side) =>
		placeAll(
			services.filter((name) => topics.some((topic) => topic[side].includes(name))),
			side,
			topics,
			rowY,
		);
	const [senders, listeners] = [placed('senders'), placed('listeners')];
	const height = Math.max(rowY(topics.length - 1), ...senders.values(), ...listeners.values()) + 30;
	return s(
		'svg.topology',
		{
			width,
			height,
			viewBox: `0 0 ${width} ${height}`,
			role: 'img',
			'aria-label': `${counted(services.length, 'service')} and ${counted(topics.length, 'topic')}; the table below says the same`,
		},
		[
			['sends', serviceWidth / 2],
			['topic', width / 2],
			['listens', width - serviceWidth / 2],
		].map(([text, x]) => s('text.head', { x, y: 16 }, text)),
		topics.flatMap((topic, index) => [
			...topic.senders.map((name) => curve(serviceWidth, senders.get(name) ?? 0, left, rowY(index), name, topic)),
			...topic.listeners.map((name) =>
				curve(right, rowY(index), width - serviceWidth, listeners.get(name) ?? 0, topic.senders[0] ?? '', topic),
			),
		]),
		topics.map((topic, index) => topicBox(topic, left, rowY(index), topicWidth)),
		[...senders].map(([name, y]) => serviceBox(name, 0, y, serviceWidth)),
		[...listeners].map(([name, y]) => serviceBox(name, width - serviceWidth, y, serviceWidth)),
	);
}

/**
 * Each service at the height of what it has to do with, and none over another.
 * @param {readonly string[]} names
 * @param {'senders' | 'listeners'} side
 * @param {readonly Topic[]} topics
 * @param {(index: number) => number} rowY
 */
function placeAll(names, side, topics, rowY) {
	const wished = names
		.map((name) => {
			const own = topics.flatMap((topic, index) => (topic[side].includes(name) ? [rowY(index)] : []));
			return { name, y: own.reduce((sum, y) => sum + y, 0) / own.length };
		})
		.sort((one, other) => one.y - other.y);
	let last = 0;
	return new Map(wished.map(({ name, y }) => /** @type {const} */ ([name, (last = Math.max(y, last + 54, top + 16))])));
}

/** @param {number} fromX @param {number} fromY @param {number} toX @param {number} toY @param {string} owner @param {Topic} topic */
function curve(fromX, fromY, toX, toY, owner, { states }) {
	const half = (toX - fromX) / 2;
	const paused = states.some(({ state }) => state.paused);
	const hue = system.services.indexOf(owner) % 4;
	return s('path', {
		class: `wire hue-${hue}${paused ? ' paused' : ''}`,
		d: `M${fromX} ${fromY}C${fromX + half} ${fromY} ${toX - half} ${toY} ${toX} ${toY}`,
	});
}

/** @param {Topic} topic @param {number} x @param {number} y @param {number} w */
function topicBox({ topic, states }, x, y, w) {
	const lag = states.reduce((total, { state }) => total + lagOf(state), 0);
	const paused = states.some(({ state }) => state.paused);
	const isKnown = states.length > 0;
	return s(
		'g',
		{ class: `topic${paused ? ' paused' : ''}${lag > 0 ? ' behind' : ''}` },
		s('rect', { x, y: y - topicHeight / 2, width: w, height: topicHeight, rx: 7 }),
		s('text.name', { x: x + 12, y: y + 4 }, topic),
		isKnown && s('text.lag', { x: x + w - 10, y: y + 4 }, paused ? `paused, lag ${lag}` : lag > 0 ? `lag ${lag}` : '0'),
	);
}

/** @param {string} name @param {number} x @param {number} y @param {number} w */
function serviceBox(name, x, y, w) {
	const overview = system.overviews.get(name);
	const isReady = overview?.ready === true && !system.troubles.has(name);
	return s(
		'g',
		{ class: `service hue-${system.services.indexOf(name) % 4}` },
		s('rect', { x: x + 1, y: y - 20, width: w - 2, height: 40, rx: 9 }),
		s('circle', { class: isReady ? 'good' : 'bad', cx: x + 18, cy: y, r: 5 }),
		s('text.name', { x: x + 32, y: y + 4.5 }, name),
		s('title', `${name} is ${isReady ? 'ready' : 'not ready'}`),
	);
}
