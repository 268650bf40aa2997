/** @import { MoreFields } from './page.js' */
/** @import { SagaDetails, SagaOverview } from './types.js' */
import { field, openAct } from './act.js';
import { admin } from './api.js';
import { button, h } from './dom.js';

/** What each does. */
const verbs = {
	retry: 'Its participant is asked again.',
	skip: 'It goes on as if its participant had answered this.',
	compensate: 'It is turned round: what was done is compensated.',
	cancel: 'It is turned round with one of the codes that the saga names.',
	pause: 'It sends nothing, and no deadline of it fires, until it is resumed.',
	resume: 'It goes on where it was paused.',
	abandon: 'It ends here, and nothing is sent: see to what is owed yourself.',
};

/**
 * What can be done to an instance.
 * @param {string} service
 * @param {SagaDetails} details
 * @param {SagaOverview | undefined} definition
 */
export function verbButtons(service, { saga, txId, status, why, paused }, definition) {
	const isRunning = status === 'running';
	const codes = (isRunning && definition?.cancellations) || [];
	/** @type {Record<string, boolean>} */
	const suits = { pause: !paused, resume: paused === true, compensate: isRunning, cancel: codes.length > 0 };
	const offered = isRunning || status === 'compensating' ? Object.entries(verbs) : [];
	return h(
		'div.verbs',
		{ role: 'group', 'aria-label': 'What can be done' },
		...offered
			.filter(([verb]) => suits[verb] ?? true)
			.map(([verb, intro]) => {
				const text = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}`;
				const path = admin(service, 'sagas', saga, txId, verb);
				const open = () => openAct(`${text} ${saga}`, `${why} ${intro}`, path, { more: moreFor(verb, codes) });
				return button(text, open, { class: verb === 'abandon' ? 'danger' : null });
			}),
	);
}

/** @param {string} verb @param {readonly string[]} codes @returns {MoreFields | undefined} */
function moreFor(verb, codes) {
	if (verb === 'cancel') {
		const code = h('select', ...codes.map((each) => h('option', each)));
		return { node: field('Code', code), read: () => ({ code: code.value }) };
	}
	if (verb !== 'skip') return undefined;
	const reply = h('textarea', { rows: 4, spellcheck: false }, '{}');
	const hint = 'As JSON: what the step would have been answered with.';
	return { node: field('Reply', reply, hint), read: () => ({ reply: JSON.parse(reply.value) }) };
}
