/** @import { ParkedView } from './types.js' */
import { act, finish, openDialog, refusalOf, whoAndWhy } from './act.js';
import { admin, Refusal } from './api.js';
import { become, h } from './dom.js';
import { counted } from './format.js';
import { button, callout } from './parts.js';
import { noteLack, reasonOf } from './system.js';

const toldMax = 20;

/**
 * Replays these one by one, the oldest first, after it was said what that would do. It can be stopped after each.
 * @param {string} service
 * @param {readonly ParkedView[]} items
 */
export function openReplayAll(service, items) {
	const inOrder = [...items].sort((one, other) => (one.at < other.at ? -1 : 1));
	const why = whoAndWhy();
	const outcome = h('div.outcome', { 'aria-live': 'polite' });
	const pathOf = (/** @type {ParkedView} */ { id }) => admin(service, 'parked', id, 'replay');
	const look = async () => {
		const [first] = inOrder;
		if (!first) return;
		try {
			const { does } = await act(pathOf(first), why.read());
			become(outcome, [
				callout('', h('strong', `It would do this to ${counted(items.length, 'message')}, one by one: `), does, '.'),
				button('Do it', run, { class: 'main', id: 'do-it' }),
			]);
			document.getElementById('do-it')?.focus();
		} catch (error) {
			become(outcome, refusalOf(error, 'Nothing would be done: '));
		}
	};
	const run = async () => {
		const request = why.read();
		let isStopped = false;
		/** @type {string[]} */
		const refusals = [];
		let done = 0;
		const stop = () => void (isStopped = true);
		document.getElementById('dialog')?.addEventListener('close', stop, { once: true });
		const tell = () =>
			become(outcome, [
				h('progress', { max: items.length, value: done + refusals.length, 'aria-label': 'Replayed' }),
				h('p', `${done} of ${items.length} replayed`),
				button('Stop', stop),
			]);
		for (const item of inOrder) {
			if (isStopped) break;
			tell();
			try {
				const { version } = await act(pathOf(item), request);
				await act(pathOf(item), { ...request, version: version ?? undefined });
				done++;
			} catch (error) {
				noteLack(error);
				refusals.push(`${item.key ?? item.id}: ${reasonOf(error)}`);
				if (!(error instanceof Refusal)) break; // nobody answers: the rest would not be either
			}
		}
		const rest = items.length - done - refusals.length;
		finish(
			outcome,
			`Replayed ${done} of ${items.length}${refusals.length > 0 ? `; ${refusals.length} refused` : ''}${rest > 0 ? `; ${rest} left as they were` : ''}.`,
		);
		outcome.append(
			h(
				'ul',
				refusals.slice(0, toldMax).map((each) => h('li', each)),
			),
		);
	};
	openDialog(
		`Replay ${counted(items.length, 'message')}`,
		h(
			'form',
			{ onsubmit: (event) => (event.preventDefault(), void look()), oninput: () => become(outcome, []) },
			h('p', 'Mend what they failed for first: one that fails again is parked again.'),
			...why.fields,
			h('button.look', 'See what it would do'),
		),
		outcome,
	);
}
