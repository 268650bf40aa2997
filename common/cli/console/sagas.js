/** @import { Place, View } from './page.js' */
/** @import { Page, SagaView } from './types.js' */
import { field } from './act.js';
import { admin, ask } from './api.js';
import { asking, h, pages, pill, table } from './dom.js';
import { placeOfSaga } from './find.js';
import { ago, dayAndTime, left } from './format.js';
import { allSagas, system } from './system.js';

const pageSize = '50';
const asked = ['saga', 'status', 'step', 'needsOperator', 'after'];
const statuses = ['running', 'compensating', 'completed', 'rejected'];
const heads = ['Instance', 'Status', 'Step', 'Attempts', 'Begun', 'Moved', 'Due'];

/** Instances, page by page. @param {Place} place @returns {View} */
export function sagasView({ query }) {
	/** @type {Page<SagaView> | undefined} */
	let page;
	const serviceOf = () => query.get('service') ?? allSagas()[0]?.service ?? '';
	return {
		title: 'Sagas',
		everyMs: 2_000,
		async refresh() {
			if (serviceOf() === '') return;
			const named = asked.flatMap((name) => (query.get(name) ? [[name, query.get(name) ?? '']] : []));
			page = await ask(`${admin(serviceOf(), 'sagas')}?${new URLSearchParams([['limit', pageSize], ...named])}`);
		},
		ticks: () => page?.items.some(({ dueAt }) => dueAt !== null) ?? false,
		draw() {
			const service = serviceOf();
			if (service === '' && system.overviews.size > 0 && system.overviews.size === system.services.length)
				return [h('p.card', 'These services have no sagas.')];
			if (!page) return [filters(query, service), asking()];
			const { items, next } = page;
			return [
				filters(query, service),
				items.length === 0
					? h('p.card', 'There are none.')
					: h(
							'div.card.table',
							table(
								'Instances',
								heads,
								items.map((item) => row(service, item)),
							),
						),
				pages('Pages', [
					query.has('after') && [withQuery(query, 'after', ''), 'First page'],
					next !== null && [withQuery(query, 'after', next), 'Next page'],
				]),
			];
		},
	};
}

/** The same list, but for this. @param {URLSearchParams} query @param {string} name @param {string} value */
function withQuery(query, name, value) {
	const other = new URLSearchParams(query);
	other.delete('after');
	if (name === 'service') ['saga', 'step'].forEach((each) => other.delete(each));
	if (value) other.set(name, value);
	else other.delete(name);
	return `#/sagas?${other}`;
}

/** @param {URLSearchParams} query @param {string} service */
function filters(query, service) {
	const all = allSagas();
	const own = all.filter((each) => each.service === service).map(({ saga }) => saga);
	const steps = own.filter(({ name }) => [null, '', name].includes(query.get('saga'))).flatMap((saga) => saga.steps);
	/** @param {string} name @param {string} value */
	const choose = (name, value) => void (location.hash = withQuery(query, name, value));
	/** @param {string} label @param {string} name @param {readonly string[]} options */
	const choice = (label, name, options) => {
		const chosen = name === 'service' ? service : query.get(name);
		const option = (/** @type {string} */ value) => h('option', { value, selected: value === chosen }, value || 'any');
		const all = name === 'service' ? options : ['', ...options];
		const onchange = (/** @type {Event & { target: HTMLSelectElement }} */ { target }) => choose(name, target.value);
		return field(label, h('select', { id: `filter-${name}`, onchange }, [...new Set(all)].map(option)));
	};
	const isNeedy = query.get('needsOperator') === 'true';
	const needy = h('input', {
		id: 'filter-needs',
		type: 'checkbox',
		onchange: () => choose('needsOperator', isNeedy ? '' : 'true'),
	});
	needy.checked = isNeedy;
	return h(
		'form.filters',
		{ 'aria-label': 'Filters' },
		new Set(all.map((each) => each.service)).size > 1 &&
			choice(
				'Service',
				'service',
				all.map((each) => each.service),
			),
		choice(
			'Saga',
			'saga',
			own.map(({ name }) => name),
		),
		choice('Status', 'status', statuses),
		choice(
			'Step',
			'step',
			steps.map(({ name }) => name),
		),
		h('label.check', { for: 'filter-needs' }, needy, 'Needs an operator'),
	);
}

/** @param {string} service @param {SagaView} item */
const row = (
	service,
	{ saga, txId, status, step, code, attempts, needsOperator, paused, startedAt, updatedAt, dueAt, why },
) => ({
	id: `saga ${saga}/${txId}`,
	title: why,
	cells: [
		[h('a', { href: placeOfSaga(service, saga, txId), class: 'id' }, txId), h('span.faint.below', saga)],
		[
			pill(status, status),
			needsOperator && [' ', pill('bad', 'needs an operator')],
			paused && [' ', pill('warn', 'paused')],
			h('code.below', code),
		],
		step,
		attempts || '',
		dayAndTime(startedAt),
		`${ago(updatedAt)} ago`,
		dueAt === null ? '' : `in ${left(dueAt)}`,
	],
});
