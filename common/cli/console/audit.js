/** @import { Place, View } from './page.js' */
/** @import { AuditAct, Page } from './types.js' */
import { admin, ask } from './api.js';
import { asking, h, pages, table } from './dom.js';
import { placeOfSaga } from './find.js';
import { dayAndTime } from './format.js';
import { system } from './system.js';

/** @typedef {AuditAct & { service: string }} Act */

const [pageSize, actsMax] = [100, 500];

/** Who has done what, in all services, the latest first. @param {Place} place @returns {View} */
export function auditView({ query }) {
	/** @type {Act[] | undefined} */
	let acts;
	let isCut = false;
	const limit = query.has('all') ? actsMax : pageSize;
	return {
		title: 'Audit',
		everyMs: 5_000,
		async refresh() {
			const ofOne = async (/** @type {string} */ service) => {
				/** @type {Page<AuditAct>} */
				const { items, next } = await ask(`${admin(service, 'audit')}?limit=${limit}`);
				isCut ||= next !== null;
				return items.map((item) => ({ ...item, service }));
			};
			acts = (await Promise.all(system.services.map(ofOne))).flat().sort((one, other) => (one.at < other.at ? 1 : -1));
		},
		draw() {
			if (!acts) return [asking()];
			if (acts.length === 0) return [h('p.card', 'Nobody has done anything yet: what is done is noted here.')];
			const heads = ['When', 'Who', 'Did', 'To', 'Reason', 'Before', 'After'];
			return [
				h('div.card.table', table('Acts', heads, acts.map(row))),
				pages('Pages', [isCut && limit < actsMax && ['#/audit?all', `The latest ${actsMax} of each service`]]),
			];
		},
	};
}

/** @param {Act} act */
function row({ id, service, at, who, verb, subject, reason, before, after }) {
	const [, saga, txId] = /^saga ([^/]+)\/(.+)$/.exec(subject) ?? [];
	const whom =
		saga && txId ? [`${saga} `, h('a.id', { href: placeOfSaga(service, saga, txId) }, txId)] : h('span.id', subject);
	return {
		id: `act ${service} ${id}`,
		cells: [
			dayAndTime(at),
			who,
			h('strong', verb),
			[whom, h('span.faint.below', service)],
			reason,
			facts(before),
			after === null ? 'gone' : facts(after),
		],
	};
}

/** @param {AuditAct['before']} known */
const facts = (known) =>
	Object.entries(known)
		.filter(([, value]) => value !== null)
		.map(([name, value]) => `${name} ${value}`)
		.join(', ');
