/** @import { ActBody } from './page.js' */
/** @import { ParkedView } from './types.js' */
import { actAtOnce, openAct } from './act.js';
import { admin, Refusal } from './api.js';
import { become, button, h, the } from './dom.js';
import { counted } from './format.js';
import { noteLack, reasonOf } from './system.js';

/**
 * Replays these one by one, the oldest first, after it was said what that would do. It can be stopped after each.
 * @param {string} service
 * @param {readonly ParkedView[]} items
 */
export function openReplayAll(service, items) {
	const inOrder = [...items].sort((one, other) => (one.at < other.at ? -1 : 1));
	/** @param {ParkedView | undefined} item */
	const pathOf = (item) => admin(service, 'parked', item?.id ?? '', 'replay');
	/** @param {ActBody} seen @param {Element} outcome */
	const run = async ({ who, reason }, outcome) => {
		const stopped = new AbortController();
		const stop = () => stopped.abort();
		the('dialog').addEventListener('close', stop, { once: true });
		let [done, asked] = [0, 0];
		let refusal = '';
		for (const item of inOrder) {
			if (stopped.signal.aborted) break;
			become(outcome, [
				h('progress', { max: items.length, value: asked, 'aria-label': 'Replayed' }),
				h('p', `${done} of ${items.length} replayed`),
				button('Stop', stop),
			]);
			asked++;
			try {
				await actAtOnce(pathOf(item), { who, reason });
				done++;
			} catch (error) {
				noteLack(error);
				refusal ||= ` ${item.key ?? item.id}: ${reasonOf(error)}.`;
				if (!(error instanceof Refusal)) break; // nobody answers: the rest would not be either
			}
		}
		const [refused, rest] = [asked - done, items.length - asked];
		return `Replayed ${done} of ${items.length}${refused ? `; ${refused} refused` : ''}${rest ? `; ${rest} left as they were` : ''}.${refusal}`;
	};
	const intro = 'Mend what they failed for first: one that fails again is parked again. They are replayed one by one.';
	openAct(`Replay ${counted(items.length, 'message')}`, intro, pathOf(inOrder[0]), { run });
}
