/** @import { Line, Place, View } from './page.js' */
/** @import { Contracts, SagaDetails, Story } from './types.js' */
import { openDialog } from './act.js';
import { admin, ask, Refusal } from './api.js';
import { asking, button, callout, download, faint, figure, h, json, pill, room, table } from './dom.js';
import { storyPath } from './find.js';
import { ago, clock, counted, dayAndTime, duration, left } from './format.js';
import { asFile, asText, sequence } from './sequence.js';
import { linesOf, nameOf, participantsOf, tookOf } from './story.js';
import { sagaOf, system } from './system.js';
import { verbButtons } from './verbs.js';

const heads = ['Sent', 'From', 'To', 'Message', 'Took', 'Topic'];
const notedHeads = ['At', 'Direction', 'Message', 'Code', 'Topic'];

/** One instance, or the story of a process that is no saga. @param {Place} place @returns {View} */
export function instanceView({ parts: [kind, ...parts] }) {
	const [service = '', saga = '', txId = ''] = kind === 'sagas' ? parts : ['', '', parts[0]];
	/** @type {SagaDetails | undefined} */
	let details;
	/** @type {Story | undefined} */
	let story;
	/** @type {readonly Contracts[]} */
	let contracts = [];
	let problem = '';
	let asked = 0;
	const isOpen = () => !details || ['running', 'compensating'].includes(details.status);
	return {
		title: saga || 'Story',
		everyMs: 1_000,
		ticks: isOpen,
		async refresh() {
			if (!isOpen() && asked++ % 10 !== 0) return; // it has ended: little can come
			try {
				if (saga) details = await ask(admin(service, 'sagas', saga, txId));
				story = await ask(storyPath(txId)).catch(noStory);
				if (contracts.length === 0) contracts = await allContracts();
				problem = '';
			} catch (error) {
				if (!(error instanceof Refusal) || error.status === 401) throw error;
				problem = error.message;
			}
		},
		draw() {
			if (problem) return [callout('bad', problem)];
			if (!details && !story) return [asking()];
			const definition = sagaOf(service, saga);
			return [
				...(details ? [facts(service, details), verbButtons(service, details, definition)] : [h('p.id', txId)]),
				story ? told(txId, details, linesOf(story.story, details, definition, contracts), story.acts) : noted(details),
			];
		},
	};
}

/** Half a story would be none, so it is not told. @param {unknown} error */
function noStory(error) {
	if (!(error instanceof Refusal) || error.status === 401) throw error;
}

/** @returns {Promise<readonly Contracts[]>} */
async function allContracts() {
	const all = await Promise.all(system.services.map((each) => ask(admin(each, 'contracts')).catch(() => undefined)));
	return all.filter(Boolean);
}

/** @param {string} service @param {SagaDetails} details */
function facts(service, details) {
	const { txId, status, why, startedAt, updatedAt, attempts, needsOperator, paused, dueAt, code, message, state } =
		details;
	const kind = { running: '', compensating: 'warn', completed: 'good', rejected: 'bad' }[status];
	return h(
		'section.card.instance',
		{ 'aria-label': 'How it stands' },
		h(
			'header',
			pill(status, status),
			needsOperator && pill('bad', 'needs an operator'),
			paused && pill('warn', 'paused'),
			h('span.id', txId),
			faint(`of ${service}`),
		),
		callout(needsOperator ? 'bad' : kind, why, message && ` It says: “${message}”.`),
		h(
			'dl.figures',
			figure('Begun', dayAndTime(startedAt)),
			attempts > 0
				? [figure('Has waited for', ago(updatedAt)), figure('Attempts', attempts)]
				: figure('Took', duration(Date.parse(updatedAt) - Date.parse(startedAt))),
			dueAt && figure(status === 'running' ? 'Waits until' : 'Asks again at', clock(dueAt)),
			dueAt && figure('Left', h('span.countdown', left(dueAt))),
			code && figure('Code', h('code', code)),
		),
		status !== 'rejected' && steps(details),
		h('details', h('summary', 'What it knows'), json(state)),
	);
}

/** @param {SagaDetails} details */
function steps({ done, remaining, owed: [now, ...later], status, step }) {
	/** @param {string} kind @param {string} sign @param {string} what @param {readonly string[]} names */
	const items = (kind, sign, what, names) =>
		names.map((name) =>
			h('li', { class: kind }, h('span', { 'aria-hidden': true }, sign), name, h('span.unseen', ` (${what})`)),
		);
	return h(
		'ol.steps',
		{ 'aria-label': 'Steps' },
		items(status === 'compensating' ? '' : 'done', '✓', 'was done', done),
		items('at', '●', 'is waited for', status === 'running' ? [step] : []),
		items('', '○', 'is to be done', remaining),
		items('undo now', '↩', 'compensates now', now === undefined ? [] : [now]),
		items('undo', '↩', 'compensation that is owed', later),
	);
}

/** @param {SagaDetails | undefined} details */
function noted(details) {
	const rows = details?.history.map(({ at, direction, type, code, topic }) => ({
		cells: [clock(at), direction, type, code, topic],
	}));
	return h(
		'section.card',
		{ 'aria-label': 'Story' },
		callout('warn', 'Not every service tells its part of the story now: this is what the saga has noted.'),
		table('Messages', notedHeads, rows ?? []),
	);
}

/**
 * @param {string} txId
 * @param {SagaDetails | undefined} details
 * @param {readonly Line[]} lines
 * @param {Story['acts']} acts
 */
function told(txId, details, lines, acts) {
	const { saga, status, code, dueAt } = details ?? {};
	const title = [saga, txId, status, code].filter(Boolean).join(' ');
	const svg = sequence(lines, room(), {
		acts: acts.map(({ at, who, verb, reason }) => ({ at: Date.parse(at), text: `${verb} by ${who}: ${reason}` })),
		waiting: dueAt ? `${status === 'running' ? 'deadline' : 'asked again'} in ${left(dueAt)}` : 'nobody has answered',
		label: `${counted(lines.length, 'message')} between ${participantsOf(lines).join(', ')}`,
		open: (line) => openMessage(line, details),
	});
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
				button('Save as SVG', () => download(`${txId}.svg`, 'image/svg+xml', asFile())),
				button('Save as text', () => download(`${txId}.txt`, 'text/plain', asText(title, lines))),
			),
		),
		h('div.scrolls', { tabindex: 0, role: 'region', 'aria-label': 'Sequence diagram' }, svg),
		h(
			'ul.legend',
			{ 'aria-hidden': true },
			...Object.entries(signs).map(([kind, text]) => h('li', { class: kind }, text)),
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
		tookOf(line),
		line.message.topic,
	],
});

/** @param {Line} line @param {SagaDetails | undefined} details */
function openMessage({ message, from, to, latencyMs }, details) {
	const { type, topic, code, messageId, causationId, sent, received } = message;
	/** @param {typeof sent} hands */
	const by = (hands) =>
		hands
			.map(({ service, at, times }) => `${service}, ${dayAndTime(at)}${times > 1 ? `, ${times} times` : ''}`)
			.join('; ');
	const rows = {
		Topic: topic,
		...(code !== null && { 'Refused with': code }),
		'Sent by': by(sent) || 'unknown',
		'Handled by': by(received) || 'nobody yet',
		Took: duration(latencyMs),
		'Message id': messageId,
		'Caused by': causationId,
	};
	const command = details?.commands.find((each) => each.messageId === messageId);
	openDialog(
		type,
		h('p.faint', `from ${from || 'unknown'} to ${to || 'unknown'}`),
		h('dl.details', ...Object.entries(rows).map(([name, value]) => [h('dt', name), h('dd', value)])),
		h('div', command && [h('h3', 'What it says'), json(command.message)]),
	);
}
