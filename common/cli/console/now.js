/** @import { View } from './page.js' */
/** @import { Overview, SagaOverview } from './types.js' */
import { demoPart } from './demo.js';
import { asking, callout, faint, figure, h, room } from './dom.js';
import { animate, flow, rejectedOf } from './flow.js';
import { counted, duration } from './format.js';
import { allSagas, refreshConsumers, system } from './system.js';

/** What needs somebody, and how all sagas move. @returns {View} */
export function nowView() {
	/** @type {Map<string, SagaOverview>} */
	let before = new Map();
	const demo = demoPart();
	return {
		title: 'Now',
		draw() {
			const sagas = allSagas();
			requestAnimationFrame(() => {
				for (const { service, saga } of sagas) {
					const last = before.get(`${service}/${saga.name}`);
					if (last && last !== saga) animate(service, last, saga, room());
				}
				before = new Map(sagas.map(({ service, saga }) => [`${service}/${saga.name}`, saga]));
			});
			const known = system.overviews.size > 0;
			return [
				h('div', { id: 'attention' }, known ? attention() : asking()),
				...sagas.map(({ service, saga }) => sagaCard(service, saga)),
				...(known && sagas.length === 0 ? [h('p.card', 'These services have no sagas.')] : []),
				...demo.draw(),
			];
		},
		refresh: refreshConsumers,
		ticks: demo.ticks,
		stop: demo.stop,
	};
}

function attention() {
	const needs = [...system.overviews.values()].flatMap(needsOf);
	if (needs.length > 0) return [h('h2', 'Needs somebody'), h('ul.needs', needs)];
	return callout('good', h('strong', 'Nothing needs anybody. '), 'Every service is ready.');
}

/** @param {Overview} overview */
function needsOf({ service, ready, reasons, parked, needsOperator, refused }) {
	const needs = [];
	const paused = system.consumers.get(service)?.topics.flatMap(({ topic, paused }) => (paused ? [topic] : [])) ?? [];
	const others = reasons.filter((reason) => !paused.some((topic) => reason.startsWith(`${topic}: `)));
	if (needsOperator > 0) {
		const text = `${counted(needsOperator, 'saga needs', 'sagas need')} an operator in ${service}`;
		const href = `#/sagas?${new URLSearchParams({ service, needsOperator: 'true' })}`;
		needs.push(
			need('bad', text, href, 'Nobody has answered often enough. Retry, skip the step, compensate or abandon.'),
		);
	}
	if (!ready) needs.push(need('bad', `${service} is not ready`, '#/topology', reasons.join('; ')));
	else if (others.length > 0)
		needs.push(need('warn', `${service} is ready, but not all of it`, '#/topology', others.join('; ')));
	if (paused.length > 0) {
		const text = `${counted(paused.length, 'topic is', 'topics are')} paused in ${service}`;
		needs.push(need('warn', text, '#/topology', `Nothing of ${paused.join(', ')} is handled until it is resumed.`));
	}
	if (parked > 0) {
		const text = `${counted(parked, 'message is', 'messages are')} parked in ${service}`;
		needs.push(need('bad', text, '#/parked', 'Each blocks its ordering key until it is replayed or dropped.'));
	}
	if (refused > 0) {
		const text = `The broker refuses ${counted(refused, 'message')} of ${service}`;
		needs.push(need('warn', text, '#/topology', 'Raise the limit or give the permission: they are sent again.'));
	}
	return needs;
}

/** @param {string} kind @param {string} text @param {string} href @param {string} detail */
const need = (kind, text, href, detail) => h('li', { class: `need ${kind}` }, h('a', { href }, text), h('p', detail));

/** @param {string} service @param {SagaOverview} saga */
function sagaCard(service, saga) {
	const { windowSeconds, completed, rejected, p50Ms, p99Ms } = saga.recent;
	const refused = rejectedOf(saga);
	const ended = completed + refused;
	const perMinute = (ended * 60) / windowSeconds;
	const inFlight = saga.standing.reduce((total, { count }) => total + count, 0);
	const codes = Object.entries(rejected).sort(([, one], [, other]) => other - one);
	return h(
		'section.card',
		{ id: `saga-${service}-${saga.name}`, 'aria-label': `${saga.name} of ${service}` },
		h(
			'header',
			h('h2', saga.name),
			faint(`of ${service} · the last ${duration(windowSeconds * 1_000)}`),
			h('a.aside', { href: `#/sagas?${new URLSearchParams({ service, saga: saga.name })}` }, 'All instances'),
		),
		h(
			'dl.figures',
			figure('In flight', inFlight.toLocaleString('en')),
			figure('Ended per minute', perMinute.toLocaleString('en', { maximumFractionDigits: perMinute < 10 ? 1 : 0 })),
			figure('Median', duration(p50Ms)),
			figure('99th percentile', duration(p99Ms)),
			figure('Rejected', ended === 0 ? '–' : `${Math.round((100 * refused) / ended)} %`),
		),
		flow(service, saga, room()),
		codes.length > 0 &&
			h(
				'div.refusals',
				h('h3', 'Rejected with'),
				h('ul', ...codes.map(([code, count]) => h('li', h('code', code), h('strong', count)))),
			),
	);
}
