/** @import { Topic, View } from './page.js' */
/** @import { Contracts, TopicState } from './types.js' */
import { openAct } from './act.js';
import { admin, ask } from './api.js';
import { asking, button, callout, h, pill, room, table } from './dom.js';
import { counted, duration } from './format.js';
import { refreshConsumers, system } from './system.js';
import { lagOf, topologyDrawing } from './topology-drawing.js';

const drawnFrom = 700;
const heads = ['Topic', 'Messages', 'Sent by', 'Listened to by', 'Lag', 'Held back', 'Act'];

/** Who sends what to whom, and how far each is behind. @returns {View} */
export function topologyView() {
	/** @type {Contracts[]} */
	let contracts = [];
	return {
		title: 'Topology',
		everyMs: 2_000,
		async refresh() {
			if (contracts.length < system.services.length)
				contracts = await Promise.all(system.services.map((service) => ask(admin(service, 'contracts'))));
			await refreshConsumers();
		},
		draw() {
			if (contracts.length === 0) return [asking()];
			const topics = topicsOf(contracts);
			return [
				...(room() >= drawnFrom ? [h('div.card', topologyDrawing(system.services, topics, room()))] : []),
				h('ul.services', system.services.map(serviceCard)),
				h('div.card.table', table('Topics', heads, topics.flatMap(rowsOf))),
			];
		},
	};
}

/** @param {readonly Contracts[]} contracts @returns {Topic[]} */
function topicsOf(contracts) {
	/** @type {Map<string, Topic>} */
	const topics = new Map();
	/** @param {'senders' | 'listeners'} side @param {string} service @param {Contracts['sends']} known */
	const note = (side, service, known) => {
		for (const { topic: name, message } of known) {
			const topic = topics.get(name) ?? { topic: name, messages: [], senders: [], listeners: [], states: [] };
			topics.set(name, topic);
			if (!topic[side].includes(service)) topic[side].push(service);
			if (!topic.messages.includes(message)) topic.messages.push(message);
		}
	};
	for (const { service, sends, listens } of contracts) {
		note('senders', service, sends);
		note('listeners', service, listens);
	}
	for (const { service, topics: states } of system.consumers.values())
		for (const state of states) topics.get(state.topic)?.states.push({ service, state });
	/** @param {string | undefined} service */
	const rank = (service) => system.services.indexOf(service ?? '');
	return [...topics.values()].sort(
		(one, other) =>
			rank(one.senders[0]) - rank(other.senders[0]) ||
			rank(one.listeners[0]) - rank(other.listeners[0]) ||
			one.topic.localeCompare(other.topic, 'en'),
	);
}

/** @param {string} service */
function serviceCard(service) {
	const { ready, reasons = [] } = system.overviews.get(service) ?? {};
	const { outbox, timers } = system.consumers.get(service) ?? {};
	const [kind, text] = system.troubles.has(service)
		? ['bad', 'no answer']
		: ready
			? ['good', 'ready']
			: ['bad', 'not ready'];
	const oldest = outbox?.oldestSeconds ? `, the oldest for ${duration(outbox.oldestSeconds * 1_000)}` : '';
	return h(
		'li.card',
		{ id: `service-${service}` },
		h('header', h('h2', service), pill(kind, text)),
		reasons.length > 0 && callout('warn', reasons.join('; ')),
		h(
			'p.faint',
			outbox && `Outbox: ${counted(outbox.waiting, 'message')}${oldest}. `,
			timers && `Timers: ${timers.due} due.`,
		),
	);
}

/** A row for each service that listens. @param {Topic} topic */
const rowsOf = ({ topic, messages, senders, listeners, states }) =>
	(listeners.length > 0 ? listeners : ['']).map((service) => {
		const state = states.find((known) => known.service === service)?.state;
		const held = Map.groupBy(state?.partitions ?? [], ({ heldBack }) => heldBack ?? '');
		held.delete('');
		return {
			id: `topic ${topic} ${service}`,
			cells: [
				[h('span.id', topic), state?.paused && [' ', pill('warn', 'paused')]],
				messages.join(', '),
				senders.join(', ') || 'nobody here',
				service || 'nobody here',
				state && lagOf(state).toLocaleString('en'),
				[...held].map(([why, { length }]) => h('p', `${counted(length, 'partition')}: ${why}`)),
				state && pauseButton(service, state),
			],
		};
	});

/** @param {string} service @param {TopicState} state */
function pauseButton(service, { topic, paused }) {
	const [text, verb, intro] = paused
		? ['Resume', 'resume', `${service} goes on with ${topic} where it was.`]
		: [
				'Pause',
				'pause',
				`${service} handles nothing of ${topic} until it is resumed. What arrives waits; deadlines do not.`,
			];
	const open = () => openAct(`${text} a topic`, intro, admin(service, 'consumer', 'topics', topic, verb));
	return button(text, open, { id: `pause ${topic} ${service}`, 'aria-label': `${text} ${topic} in ${service}` });
}
