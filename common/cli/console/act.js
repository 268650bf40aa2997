/** @import { ActAnswer } from './types.js' */
import { ask, Refusal } from './api.js';
import { become, h, say, the } from './dom.js';
import { button, callout } from './parts.js';
import { noteLack, reasonOf } from './system.js';

const whoKey = 'saga-kit.who';

/** Who acts, as they have said the last time. */
export const whoActs = () => localStorage.getItem(whoKey) ?? '';

/** @typedef {{ who: string, reason: string, version?: string | undefined } & Record<string, unknown>} ActBody */

/** @param {string} path @param {ActBody} body @returns {Promise<ActAnswer>} */
export const act = (path, body) => ask(path, { method: 'POST', body });

/** Looks what it would do, and does that. @param {string} path @param {{ who: string, reason: string }} body */
export async function actAtOnce(path, body) {
	const { version } = await act(path, body);
	return act(path, { ...body, version: version ?? undefined });
}

/** @returns {HTMLDialogElement} */
export const dialog = () => /** @type {HTMLDialogElement} */ (the('dialog'));

/** @param {string} title @param {...(Node | false | undefined)} content */
export function openDialog(title, ...content) {
	const box = dialog();
	const close = button('×', () => box.close(), { class: 'close', 'aria-label': 'Close' });
	box.replaceChildren(
		h('header', h('h2', { id: 'dialog-title' }, title), close),
		...content.filter((each) => each instanceof Node),
	);
	box.setAttribute('aria-labelledby', 'dialog-title');
	if (!box.open) box.showModal();
}

/** @param {string} label @param {HTMLElement} input @param {string} [hint] */
export function field(label, input, hint) {
	input.id ||= `field-${label.toLowerCase().replace(/\W+/g, '-')}`;
	if (hint) input.setAttribute('aria-describedby', `${input.id}-hint`);
	return h(
		'div.field',
		h('label', { for: input.id }, label),
		input,
		hint && h('p.faint', { id: `${input.id}-hint` }, hint),
	);
}

/** Who, and why: what each act needs. */
export function whoAndWhy() {
	const who = h('input', { required: true, maxlength: 200, value: whoActs(), autocomplete: 'name' });
	const reason = h('input', { required: true, maxlength: 1000, autocomplete: 'off' });
	return {
		fields: [field('Who acts', who), field('Reason', reason, 'It is kept in the audit, and the story tells it.')],
		read() {
			localStorage.setItem(whoKey, who.value);
			return { who: who.value, reason: reason.value };
		},
	};
}

/** @typedef {{ node: HTMLElement, read: () => Record<string, unknown> }} MoreFields */

/**
 * Asks who and why, says what it would do, and does it when told so. What has been seen and what is done are the same thing:
 * who loses a race is told how it stands now.
 * @param {string} title
 * @param {string} intro
 * @param {string} path
 * @param {MoreFields} [more]
 */
export function openAct(title, intro, path, more) {
	const why = whoAndWhy();
	const outcome = h('div.outcome', { 'aria-live': 'polite' });
	/** @type {ActBody | undefined} */
	let seen;
	const look = async () => {
		try {
			const body = { ...why.read(), ...more?.read() };
			const { does, version } = await act(path, body);
			seen = { ...body, version: version ?? undefined };
			become(outcome, [
				callout('', h('strong', 'It would: '), does, '.'),
				button('Do it', doIt, { class: 'main', id: 'do-it' }),
			]);
			document.getElementById('do-it')?.focus();
		} catch (error) {
			become(outcome, refusalOf(error, 'Nothing would be done: '));
		}
	};
	const doIt = async () => {
		if (!seen) return;
		try {
			const { does } = await act(path, seen);
			finish(outcome, `Done: it ${does}.`);
		} catch (error) {
			become(outcome, [...refusalOf(error, 'Nothing was done: '), button('Look again', look)]);
		}
	};
	const form = h(
		'form',
		{
			onsubmit: (event) => (event.preventDefault(), void look()),
			oninput: () => become(outcome, []), // what was looked at is not what is in the fields any more
		},
		h('p', intro),
		...why.fields,
		more?.node,
		h('button.look', 'See what it would do'),
	);
	openDialog(title, form, outcome);
}

/** @param {Element} outcome @param {string} text */
export function finish(outcome, text) {
	const close = h(
		'button',
		{ type: 'button', class: 'main', id: 'finished', onclick: () => dialog().close() },
		'Close',
	);
	become(outcome, [callout('good', text), close]);
	document.querySelectorAll('#dialog form').forEach((form) => form.setAttribute('inert', ''));
	close.focus();
	say(text);
}

/** @param {unknown} error @param {string} before */
export function refusalOf(error, before) {
	noteLack(error);
	const kind = error instanceof Refusal && error.status === 409 ? 'warn' : 'bad';
	return [callout(kind, h('strong', before), `${reasonOf(error)}.`)];
}
