/** @import { ActBody, MoreFields } from './page.js' */
/** @import { ActAnswer } from './types.js' */
import { ask, Refusal } from './api.js';
import { become, button, callout, h, say, the } from './dom.js';
import { noteLack, reasonOf } from './system.js';

const whoKey = 'saga-kit.who';

/** Who acts, as they have said the last time. */
export const whoActs = () => localStorage.getItem(whoKey) ?? '';

/** @param {string} path @param {ActBody} body @returns {Promise<ActAnswer>} */
const act = (path, body) => ask(path, { method: 'POST', body });

/** Looks what it would do, and does that. @param {string} path @param {ActBody} body */
export async function actAtOnce(path, body) {
	const { version } = await act(path, body);
	return act(path, { ...body, version: version ?? undefined });
}

/** @param {string} title @param {...Node} content */
export function openDialog(title, ...content) {
	const box = /** @type {HTMLDialogElement} */ (the('dialog'));
	const close = button('×', () => box.close(), { class: 'close', 'aria-label': 'Close' });
	box.replaceChildren(h('header', h('h2', { id: 'dialog-title' }, title), close), ...content);
	if (!box.open) box.showModal();
}

/** @param {string} label @param {HTMLElement} input @param {string} [hint] */
export function field(label, input, hint) {
	input.id ||= `field-${label.toLowerCase().replace(' ', '-')}`;
	if (hint) input.setAttribute('aria-describedby', 'hint');
	return h('div.field', h('label', { for: input.id }, label), input, hint && h('p.faint', { id: 'hint' }, hint));
}

/**
 * Asks who and why, says what it would do, and does it when told so. What has been seen and what is done are the same thing:
 * who loses a race is told how it stands now.
 * @param {string} title
 * @param {string} intro
 * @param {string} path
 * @param {{ more?: MoreFields | undefined, run?: (body: ActBody, outcome: Element) => Promise<string> }} [how] `run` does it in
 *   another way than by this one path, and says what came of it
 */
export function openAct(title, intro, path, { more, run } = {}) {
	const who = h('input', { required: true, maxlength: 200, value: whoActs(), autocomplete: 'name' });
	const reason = h('input', { required: true, maxlength: 1000, autocomplete: 'off' });
	const outcome = h('div.outcome', { 'aria-live': 'polite' });
	const look = async () => {
		localStorage.setItem(whoKey, who.value);
		try {
			const body = { who: who.value, reason: reason.value, ...more?.read() };
			const { does, version } = await act(path, body);
			const seen = { ...body, version: version ?? undefined };
			const doIt = button('Do it', () => void attempt(seen), { class: 'main' });
			become(outcome, [callout('', h('strong', 'Nothing is done yet. '), `If you do it, it ${does}.`), doIt]);
			doIt.focus();
		} catch (error) {
			become(outcome, [refusalOf(error, 'Nothing would be done: ')]);
		}
	};
	/** @param {ActBody} seen */
	const attempt = async (seen) => {
		try {
			const text = run ? await run(seen, outcome) : `Done: it ${(await act(path, seen)).does}.`;
			const close = h('button.main', 'Close');
			form.replaceWith(h('form', { method: 'dialog' }, callout('good', text), close));
			outcome.remove();
			close.focus();
			say(text);
		} catch (error) {
			become(outcome, [refusalOf(error, 'Nothing was done: '), button('Look again', look)]);
		}
	};
	const form = h(
		'form',
		{
			onsubmit: (event) => (event.preventDefault(), void look()),
			oninput: () => become(outcome, []), // what was looked at is not what is in the fields any more
		},
		h('p', intro),
		field('Who acts', who),
		field('Reason', reason, more ? '' : 'It is kept in the audit, and the story tells it.'),
		more?.node,
		h('button', 'See what it would do'),
	);
	openDialog(title, form, outcome);
}

/** @param {unknown} error @param {string} before */
export function refusalOf(error, before) {
	noteLack(error);
	const kind = error instanceof Refusal && error.status === 409 ? 'warn' : 'bad';
	return callout(kind, h('strong', before), `${reasonOf(error)}.`);
}
