/** @import { SagaDetails, SagaOverview } from './types.js' */
import { field, openAct } from './act.js';
import { admin } from './api.js';
import { h } from './dom.js';

/** @typedef {{ verb: string, text: string, intro: string }} Verb */

/** @type {readonly Verb[]} */
const verbs = [
	{ verb: 'retry', text: 'Retry', intro: 'Its participant is asked again.' },
	{ verb: 'skip', text: 'Skip', intro: 'It goes on as if its participant had answered this.' },
	{ verb: 'compensate', text: 'Compensate', intro: 'It is turned round: what was done is compensated.' },
	{ verb: 'cancel', text: 'Cancel', intro: 'It is turned round with one of the codes that the saga names.' },
	{ verb: 'pause', text: 'Pause', intro: 'It sends nothing and no deadline of it fires until it is resumed.' },
	{ verb: 'resume', text: 'Resume', intro: 'It goes on where it was paused.' },
	{ verb: 'abandon', text: 'Abandon', intro: 'It ends here, and nothing is sent: see to what is owed yourself.' },
];

/** What can be done to an instance. @param {string} service @param {SagaDetails} details @param {SagaOverview | undefined} definition */
export function verbButtons(service, details, definition) {
	if (details.status === 'completed' || details.status === 'rejected') return h('div.verbs');
	const isPaused = details.paused === true;
	const cancellations = details.status === 'running' ? (definition?.cancellations ?? []) : [];
	const offered = verbs.filter(({ verb }) => {
		if (verb === 'pause') return !isPaused;
		if (verb === 'resume') return isPaused;
		if (verb === 'cancel') return cancellations.length > 0;
		return verb !== 'compensate' || details.status === 'running';
	});
	return h(
		'div.verbs',
		{ role: 'group', 'aria-label': 'What can be done' },
		offered.map(({ verb, text, intro }) =>
			h(
				'button',
				{
					type: 'button',
					id: `verb-${verb}`,
					class: verb === 'abandon' ? 'danger' : null,
					onclick: () =>
						openAct(
							`${text} ${details.saga}`,
							`${details.why} ${intro}`,
							admin(service, 'sagas', details.saga, details.txId, verb),
							moreFor(verb, cancellations),
						),
				},
				text,
			),
		),
	);
}

/** @param {string} verb @param {readonly string[]} cancellations @returns {import('./act.js').MoreFields | undefined} */
function moreFor(verb, cancellations) {
	if (verb === 'cancel') {
		const codes = h(
			'select',
			cancellations.map((code) => h('option', code)),
		);
		return { node: field('Code', codes), read: () => ({ code: codes.value }) };
	}
	if (verb !== 'skip') return undefined;
	const reply = h('textarea', { rows: 4, spellcheck: false }, '{}');
	return {
		node: field('Reply', reply, 'As JSON: what the step would have been answered with.'),
		read: () => ({ reply: JSON.parse(reply.value) }),
	};
}
