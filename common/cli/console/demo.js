/** @import { Placed } from './page.js' */
/** @import { Demo, DemoRequest, SagaDetails } from './types.js' */
import { actAtOnce, whoActs } from './act.js';
import { admin, ask, headersOf } from './api.js';
import { button, faint, h, pill, say } from './dom.js';
import { findSaga, placeOfSaga } from './find.js';
import { ago, duration, left } from './format.js';
import { changed, noteLack, reasonOf, refreshConsumers, sagaOf, system } from './system.js';

const [placedMax, lookMs] = [12, 400];

/** @type {Placed[]} what was placed here, the latest first */
const placed = [];
let isLooking = false;
/** @type {'pause' | 'resume' | undefined} what is being done to the topics of the service */
let doing;
/** Why that could not be done. */
let failure = '';

/** Buttons that send what the configuration names, and what became of it. */
export function demoPart() {
	const timer = setInterval(() => void lookAtAll(), lookMs);
	return {
		draw: () => (system.demo.demo ? [section(system.demo.demo)] : []),
		ticks: () => placed.some(isOpen),
		stop: () => clearInterval(timer),
	};
}

/** @param {Placed} each */
const isOpen = ({ trouble, details }) =>
	trouble === undefined && (!details || ['running', 'compensating'].includes(details.status));

/** @param {NonNullable<Demo['demo']>} demo */
const section = ({ requests, silence }) =>
	h(
		'section.card',
		{ id: 'demo', 'aria-label': 'Demonstration' },
		h('header', h('h2', 'Try it'), faint('Each button sends a request, and it is followed.')),
		h(
			'div.buttons',
			...requests.map((request, index) => button(request.label, () => void place(request), { id: `place-${index}` })),
		),
		silence && silencer(silence),
		placed.length > 0 && h('ol.placed', { 'aria-label': 'Placed here' }, placed.map(row)),
	);

/** @param {DemoRequest} request */
async function place({ label, method, path, body }) {
	/** @type {Placed} */
	const own = { key: crypto.randomUUID(), label, txId: '', service: '' };
	placed.unshift(own);
	placed.length = Math.min(placed.length, placedMax);
	changed();
	try {
		const headers = await headersOf(path, { method, body, headers: { 'Idempotency-Key': own.key } });
		own.txId = headers.get('Location')?.split('/').at(-1) ?? '';
		if (own.txId === '') own.trouble = 'the answer does not say where it is';
	} catch (error) {
		own.trouble = reasonOf(error);
	}
	changed();
	await look(own);
}

async function lookAtAll() {
	if (isLooking || document.hidden || system.locked) return;
	isLooking = true;
	await Promise.all(placed.filter(isOpen).map(look));
	isLooking = false;
}

/** @param {Placed} own */
async function look(own) {
	if (own.txId === '' || own.trouble) return;
	try {
		const { service, details } = own;
		const found = details
			? { service, details: await ask(admin(service, 'sagas', details.saga, own.txId)) }
			: await findSaga(own.txId);
		if (!found) return;
		Object.assign(own, found);
		if (!isOpen(own)) say(`${own.label}: ${found.details.status} ${found.details.code ?? ''}`);
		changed();
	} catch (error) {
		noteLack(error); // the banner says who does not answer; it is looked at again
	}
}

/** @param {Placed} own */
const row = ({ key, label, txId, service, details, trouble }) =>
	h(
		'li',
		{ id: `placed-${key}` },
		h('span.what', label),
		details ? h('a', { href: placeOfSaga(service, details.saga, txId), class: 'id' }, txId) : h('span.id', txId || '…'),
		h('span.pips', { 'aria-hidden': true }, details && pips(service, details)),
		h('span.how', trouble ? pill('bad', trouble) : details ? standing(details) : 'placed'),
	);

/** How far it has come. @param {string} service @param {SagaDetails} details */
function pips(service, { saga, status, step, history }) {
	const reached = status === 'completed' ? 'done' : status === 'running' ? 'done' : 'undone';
	return sagaOf(service, saga)?.steps.map(({ name }) => {
		const wasAsked = history.some(({ type, direction }) => type === name && direction === 'sent');
		return h('i', { class: status === 'running' && name === step ? 'at' : wasAsked ? reached : null });
	});
}

/** @param {SagaDetails} details */
function standing({ status, code, step, dueAt, startedAt, updatedAt }) {
	const took = duration(Date.parse(updatedAt) - Date.parse(startedAt));
	if (status === 'completed') return [pill(status, status), ` in ${took}`];
	if (status === 'rejected') return [pill(status, `${status}: ${code ?? ''}`), ` in ${took}`];
	const until = dueAt ? `${status === 'running' ? 'deadline' : 'again'} in ${left(dueAt)}` : 'needs an operator';
	return [pill(status, `${status} at ${step}`), ` for ${ago(updatedAt)}, ${until}`];
}

/** @param {{ label: string, service: string }} silence */
function silencer({ label, service }) {
	const topics = system.consumers.get(service)?.topics ?? [];
	const isSilent = topics.length > 0 && topics.every(({ paused }) => paused);
	const input = h('input', {
		id: 'silence',
		type: 'checkbox',
		disabled: topics.length === 0 || doing !== undefined,
		onchange: () => void silenceAll(service, isSilent ? 'resume' : 'pause'),
	});
	input.checked = doing ? doing === 'pause' : isSilent;
	const says = isSilent ? `${service} handles nothing now: place an order, and its deadline does its work.` : '';
	return h(
		'div.silence',
		h('label', { for: 'silence' }, input, label),
		h('p.faint', { role: 'status' }, failure || says),
	);
}

/** @param {string} service @param {'pause' | 'resume'} verb */
async function silenceAll(service, verb) {
	doing = verb;
	failure = '';
	changed();
	const reason = `a demonstration of what happens while ${service} is silent`;
	const who = whoActs() || 'whoever looks at the console';
	try {
		for (const { topic, paused } of system.consumers.get(service)?.topics ?? [])
			if (paused === (verb === 'resume'))
				await actAtOnce(admin(service, 'consumer', 'topics', topic, verb), { who, reason });
	} catch (error) {
		noteLack(error);
		failure = `It could not ${verb}: ${reasonOf(error)}.`;
	}
	await refreshConsumers();
	doing = undefined;
	changed();
}
