/** @import { View } from './page.js' */
/** @import { Page, ParkedDetails, ParkedView } from './types.js' */
import { openAct, openDialog, refusalOf } from './act.js';
import { admin, ask } from './api.js';
import { openReplayAll } from './bulk.js';
import { asking, button, callout, faint, h, pill } from './dom.js';
import { ago, counted, dayAndTime } from './format.js';
import { system } from './system.js';

/** @typedef {ParkedView & { service: string }} Parked */

/** Nobody replays what is parked for these: it follows by itself, or could be done twice. */
const notReplayed = ['behind', 'paused', 'forgotten'];
const [pageSize, pagesMax, shownMax] = [500, 4, 50];

/** Parked messages, by what they failed for. @returns {View} */
export function parkedView() {
	/** @type {Parked[] | undefined} */
	let all;
	return {
		title: 'Parked',
		everyMs: 3_000,
		async refresh() {
			all = (await Promise.all(system.services.map(parkedOf))).flat();
		},
		draw() {
			if (!all) return [asking()];
			if (all.length === 0)
				return [
					callout('good', h('strong', 'Nothing is parked. '), 'No message was given up, no ordering key is blocked.'),
				];
			return [
				h(
					'p.faint',
					'A parked message, a dead letter, was given up. It blocks its ordering key until it is replayed or dropped; what waits behind it follows then, in order.',
				),
				...groupsOf(all).map(groupCard),
			];
		},
	};
}

/** At most so many pages of them. @param {string} service */
async function parkedOf(service) {
	/** @type {Parked[]} */
	const items = [];
	/** @type {string | null} */
	let after = '';
	for (let pages = 0; pages < pagesMax && after !== null; pages++) {
		const query = new URLSearchParams({ limit: String(pageSize), ...(after && { after }) });
		/** @type {Page<ParkedView>} */
		const page = await ask(`${admin(service, 'parked')}?${query}`);
		items.push(...page.items.map((item) => ({ ...item, service })));
		after = page.next;
	}
	return items;
}

/** @param {readonly Parked[]} all */
function groupsOf(all) {
	const groups = Map.groupBy(all, ({ service, topic, reason }) => JSON.stringify([service, topic, reason]));
	/** @param {readonly Parked[]} group */
	const rank = (group) => (group[0]?.reason === 'behind' ? 0 : group.length);
	return [...groups.values()].sort((one, other) => rank(other) - rank(one));
}

/** @param {readonly Parked[]} items */
function groupCard(items) {
	const { service = '', topic = '', reason = '' } = { ...items[0] };
	const oldest = items.map(({ at }) => at).sort()[0] ?? '';
	const isReplayed = !notReplayed.includes(reason);
	const all = items.length === 1 ? 'it' : `all ${items.length}`;
	return h(
		'section.card',
		{ id: `group ${service} ${topic} ${reason}`, 'aria-label': `${reason} on ${topic}` },
		h(
			'header',
			pill(isReplayed || reason === 'forgotten' ? 'bad' : 'warn', reason),
			h('h2', topic),
			faint(`${counted(items.length, 'message')} of ${service} · the oldest ${ago(oldest)} ago`),
			isReplayed && button(`Replay ${all}`, () => openReplayAll(service, items), { class: 'aside' }),
		),
		h('ul.parked', items.slice(0, shownMax).map(itemRow)),
		items.length > shownMax && faint(`and ${counted(items.length - shownMax, 'other')}`),
	);
}

/** @param {Parked} item */
function itemRow({ service, id, key, error, reason, why, attempts, times, at }) {
	const path = admin(service, 'parked', id);
	const name = key ?? 'without a key';
	/** @param {string} text @param {() => unknown} onclick @param {string} [kind] */
	const verb = (text, onclick, kind) => button(text, onclick, { class: kind, 'aria-label': `${text} ${name}` });
	const again = times > 1 ? ` · parked ${times} times` : '';
	return h(
		'li',
		{ id: `parked ${id}` },
		h('div', h('strong.id', name), faint(` ${dayAndTime(at)} · ${counted(attempts, 'attempt')}${again}`)),
		h('p.error', error),
		h('p.faint', why),
		h(
			'div.verbs',
			verb('Look', () => void lookAt(path)),
			!notReplayed.includes(reason) &&
				verb('Replay', () => openAct('Replay a parked message', `${error}. ${why}`, `${path}/replay`)),
			verb('Drop', () => openAct('Drop a parked message', `It is given up for good. ${why}`, `${path}/drop`), 'danger'),
		),
	);
}

/** @param {string} path @param {boolean} [withBytes] in which nothing is masked */
async function lookAt(path, withBytes = false) {
	try {
		/** @type {ParkedDetails} */
		const { topic, error, message, bytes, base64, id } = await ask(`${path}${withBytes ? '?bytes=true' : ''}`);
		const content = withBytes ? base64 : message === null ? 'It cannot be decoded.' : JSON.stringify(message, null, 2);
		openDialog(
			'A parked message',
			h('p.faint', `${topic} · ${id}`),
			callout('bad', error),
			h('h3', withBytes ? 'Its bytes' : 'Its content'),
			h('pre', { tabindex: 0 }, content ?? 'It has none.'),
			h('p', !withBytes && button(`Show its ${counted(bytes, 'byte')}, unmasked`, () => void lookAt(path, true))),
		);
	} catch (error) {
		openDialog('A parked message', refusalOf(error, 'It cannot be shown: '));
	}
}
