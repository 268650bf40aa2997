/** @import { AuditAct, Contracts, Page, Place, SagaDetails, View } from './types.js' */
/** @import { Line } from './story.js' */
import { openDialog } from './act.js';
import { admin, ask, Refusal } from './api.js';
import { download, h, room } from './dom.js';
import { storyPath } from './find.js';
import { ago, clock, counted, dayAndTime, duration, left } from './format.js';
import { asking, button, callout, faint, figure, pill, table } from './parts.js';
import { asFile, asText, sequence } from './sequence.js';
import { linesFrom, linesOf, nameOf, participantsOf } from './story.js';
import { sagaOf, system } from './system.js';
import { verbButtons } from './verbs.js';

const heads = ['Sent', 'From', 'To', 'Message', 'Took', 'Topic'];

/** One instance, or the story of a process that is no saga. @param {Place} place @returns {View} */
export function instanceView({ parts: [kind, ...parts] }) {
	const [service = '', saga = '', txId = ''] = kind === 'sagas' ? parts : ['', '', parts[0]];
	/** @type {SagaDetails | undefined} */
	let details;
	/** @type {any} */
	let told;
	/** @type {readonly AuditAct[]} */
	let acts = [];
	/** @type {readonly Contracts[]} */
	let contracts = [];
	let problem = '';
	let asked = 0;
	const isOpen = () => !details || ['running', 'compensating'].includes(details.status);
	const load = async () => {
		if (saga) details = await ask(admin(service, 'sagas', saga, txId));
		told = await ask(storyPath(txId)).catch(noStory);
		if (saga) acts = await actsOn(service, `saga ${saga}/${txId}`);
		if (contracts.length === 0) contracts = await allContracts();
	};
	return {
		title: saga || 'Story',
		everyMs: 1_000,
		ticks: isOpen,
		async refresh() {
			if (!isOpen() && asked++ % 10 !== 0) return; // it has ended: little can come
			try {
				await load();
				problem = '';
			} catch (error) {
				if (!(error instanceof Refusal) || error.status === 401) throw error;
				problem = error.message;
			}
		},
		draw() {
			if (problem) return [callout('bad', problem)];
			if (!details && !told) return [asking()];
			const definition = sagaOf(service, saga);
			const lines = told ? linesOf(told.story, details, definition, contracts) : linesFrom(service, details, contracts);
			return [
				...(details ? [facts(service, details), verbButtons(service, details, definition)] : [h('p.id', txId)]),
				...(told
					? []
					: [callout('warn', 'Not every service tells its part of the story now: this is what the saga has noted.')]),
				storyCard(txId, details, lines, acts),
			];
		},
	};
}

/** @param {unknown} error */
function noStory(error) {
	if (!(error instanceof Refusal) || error.status === 401) throw error; // half a story would be none, so it is not told
}

/** @param {string} service @param {string} subject @returns {Promise<readonly AuditAct[]>} */
async function actsOn(service, subject) {
	/** @type {Page<AuditAct>} */
	const { items } = await ask(`${admin(service, 'audit')}?limit=200`);
	return items.filter((each) => each.subject === subject);
}

/** @returns {Promise<readonly Contracts[]>} */
async function allContracts() {
	const all = await Promise.all(system.services.map((each) => ask(admin(each, 'contracts')).catch(() => undefined)));
	return all.filter(Boolean);
}

/** @param {string} service @param {SagaDetails} details */
function facts(service, details) {
	const { txId, status, why, startedAt, updatedAt, attempts, needsOperator, dueAt, code, message } = details;
	const kind = needsOperator
		? 'bad'
		: { running: '', compensating: 'warn', completed: 'good', rejected: 'bad' }[status];
	const isRunning = status === 'running';
	return h(
		'section.card.instance',
		{ 'aria-label': 'How it stands' },
		h(
			'header',
			pill(status, status),
			needsOperator && pill('bad', 'needs an operator'),
			h('span.id', txId),
			faint(`of ${service}`),
		),
		h('p', { class: `callout ${kind}`, id: 'why' }, why, message && ` It says: “${message}”.`),
		h(
			'dl.figures',
			figure('Begun', dayAndTime(startedAt)),
			attempts > 0
				? [figure('Has waited for', ago(updatedAt)), figure('Attempts', attempts)]
				: figure('Took', duration(Date.parse(updatedAt) - Date.parse(startedAt))),
			dueAt && [
				figure(isRunning ? 'Waits until' : 'Asks again at', clock(dueAt)),
				figure('Left', h('span.countdown', left(dueAt))),
			],
			code && figure('Code', h('code', code)),
		),
		steps(details),
	);
}

/** @param {SagaDetails} details */
function steps({ done, remaining, owed, status, step }) {
	/** @param {string} kind @param {string} sign @param {string} what */
	const item = (kind, sign, what) => (/** @type {string} */ name) =>
		h('li', { class: kind }, h('span', { 'aria-hidden': true }, sign), name, h('span.unseen', ` (${what})`));
	if (status === 'rejected') return undefined;
	const [now, ...later] = owed;
	return h(
		'ol.steps',
		{ 'aria-label': 'Steps' },
		done.map(item(status === 'compensating' ? '' : 'done', '✓', 'was done')),
		status === 'running' && item('at', '●', 'is waited for')(step),
		remaining.map(item('', '○', 'is to be done')),
		now !== undefined && item('undo now', '↩', 'compensates now')(now),
		later.map(item('undo', '↩', 'compensation that is owed')),
	);
}

/** @param {string} txId @param {SagaDetails | undefined} details @param {readonly Line[]} lines @param {readonly AuditAct[]} acts */
function storyCard(txId, details, lines, acts) {
	const { saga = '', status, code, dueAt } = details ?? {};
	const title = [saga, txId, status, code].filter(Boolean).join(' ');
	const svg = sequence(lines, room(), {
		acts: acts.map(({ at, who, verb, reason }) => ({ at: Date.parse(at), text: `${verb} by ${who}: ${reason}` })),
		waiting: dueAt ? `${status === 'running' ? 'deadline' : 'asked again'} in ${left(dueAt)}` : 'nobody has answered',
		label: `${counted(lines.length, 'message')} between ${participantsOf(lines).join(', ')}`,
		open: openMessage,
	});
	/** @param {string} kind @param {string} type @param {() => string} text */
	const save = (kind, type, text) =>
		button(`Save as ${kind}`, () => download(`${txId}.${kind === 'text' ? 'txt' : 'svg'}`, type, text()));
	const signs = { onward: '→ message', undo: '↩ compensation', refusal: '✕ refusal', open: '⇢ not handled yet' };
	return h(
		'section.card',
		{ 'aria-label': 'Story' },
		h(
			'header',
			h('h2', 'Story'),
			faint(counted(lines.length, 'message')),
			h(
				'span.aside',
				save('SVG', 'image/svg+xml', asFile),
				save('text', 'text/plain', () => asText(title, lines)),
			),
		),
		h('div.scrolls', { tabindex: 0, role: 'region', 'aria-label': 'Sequence diagram' }, svg),
		h(
			'ul.legend',
			{ 'aria-hidden': true },
			Object.entries(signs).map(([kind, text]) => h('li', { class: kind }, text)),
		),
		h('details', h('summary', 'The same as a table'), table('Messages', heads, lines.map(rowOf))),
	);
}

/** @param {Line} line */
const rowOf = (line) => ({
	cells: [
		clock(new Date(line.at).toISOString()),
		line.from,
		line.to,
		`${nameOf(line)}${line.isCompensation ? ' (compensation)' : ''}`,
		line.isHandled ? duration(line.latencyMs) : 'not handled yet',
		line.message.topic,
	],
});

/** @param {Line} line */
function openMessage({ message, from, to, latencyMs }) {
	const { type, topic, code, messageId, causationId, sent, received } = message;
	/** @param {typeof sent} hands */
	const told = (hands) =>
		hands
			.map(
				({ service, at, times }) => `${service}, ${at.slice(0, 10)} ${clock(at)}${times > 1 ? `, ${times} times` : ''}`,
			)
			.join('; ') || 'nobody yet';
	const rows = {
		Topic: topic,
		...(code !== null && { 'Refused with': code }),
		'Sent by': told(sent),
		'Handled by': told(received),
		Took: duration(latencyMs),
		'Message id': messageId,
		'Caused by': causationId,
	};
	openDialog(
		type,
		h('p.faint', `from ${from || 'unknown'} to ${to || 'unknown'}`),
		h(
			'dl.details',
			Object.entries(rows).map(([name, value]) => [h('dt', name), h('dd', value)]),
		),
	);
}
