/** @import { Place, View } from './types.js' */
import { auditView } from './audit.js';
import { become, h, say, the } from './dom.js';
import { left } from './format.js';
import { findView } from './find.js';
import { instanceView } from './instance.js';
import { nowView } from './now.js';
import { parkedView } from './parked.js';
import { sagasView } from './sagas.js';
import { noteLack, onChange, start, stop, system, unlock } from './system.js';
import { topologyView } from './topology.js';

const views = [
	{ path: '', title: 'Now' },
	{ path: 'sagas', title: 'Sagas' },
	{ path: 'parked', title: 'Parked' },
	{ path: 'topology', title: 'Topology' },
	{ path: 'audit', title: 'Audit' },
];
const [everyMs, soonMs] = [3_000, 100];

/** @type {View} */
let view;
/** @type {number | undefined} */
let timer;

/** @returns {Place} */
function placeOf() {
	const [path = '', query] = location.hash.replace(/^#\/?/, '').split('?');
	return { parts: path.split('/').filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query) };
}

/** @param {Place} place @returns {View} */
function viewAt(place) {
	const [first, , , last] = place.parts;
	if (first === undefined) return nowView();
	if (first === 'sagas') return last === undefined ? sagasView(place) : instanceView(place);
	if (first === 'stories') return instanceView(place);
	if (first === 'find') return findView(place);
	if (first === 'parked') return parkedView();
	if (first === 'topology') return topologyView();
	if (first === 'audit') return auditView(place);
	return { title: 'Not found', draw: () => [h('p', 'There is no such view.')] };
}

function show() {
	view?.stop?.();
	view = viewAt(placeOf());
	document.title = `${view.title} · saga-kit`;
	the('view').replaceChildren(h('h1', { tabindex: -1 }, view.title), h('div', { id: 'body' }));
	draw();
	void refresh();
}

function draw() {
	const [first = ''] = placeOf().parts;
	const at = first === 'stories' || first === 'find' ? 'sagas' : first;
	become(
		the('views'),
		views.map(({ path, title }) =>
			h('a', { href: `#/${path}`, 'aria-current': path === at ? 'page' : null }, title, badge(path)),
		),
	);
	drawConnection();
	become(the('body'), system.locked ? [tokenForm()] : [...troubleBanner(), ...view.draw()]);
}

/** @param {string} path */
function badge(path) {
	const all = [...system.overviews.values()];
	const count = path === 'parked' ? sum(all.map(({ parked }) => parked)) : 0;
	return count > 0 && h('span.badge', count);
}

/** @param {readonly number[]} numbers */
const sum = (numbers) => numbers.reduce((total, each) => total + each, 0);

function drawConnection() {
	const silent = [...system.troubles.keys()];
	const all = silent.includes('') || silent.length === system.services.length;
	const state = system.locked ? 'locked' : silent.length === 0 ? 'live' : all ? 'gone' : 'partly';
	const text = { locked: 'Token needed', live: 'Live', gone: 'No connection', partly: 'Partly connected' }[state];
	const known = system.overviews.size > 0 || silent.length > 0 || system.locked;
	become(the('connection'), [h('span', { class: known ? state : 'waits' }, known ? text : 'Connecting')]);
}

function troubleBanner() {
	return [...system.troubles].map(([service, { detail, until }]) =>
		h(
			'p.callout.bad',
			{ id: `trouble-${service}` },
			h('strong', `${service || 'The service'} cannot be asked: `),
			`${detail}. `,
			h('span', { 'aria-hidden': true }, `It is asked again in ${left(new Date(until).toISOString())}.`),
		),
	);
}

function tokenForm() {
	const input = h('input', { id: 'token', type: 'password', required: true, autocomplete: 'current-password' });
	return h(
		'form.card.token',
		{
			onsubmit: (event) => {
				event.preventDefault();
				const { value } = /** @type {HTMLInputElement} */ (the('token'));
				unlock(value);
				show();
			},
		},
		h('h2', 'A token is needed'),
		h('p', 'These services answer whoever sends the token that their setting ADMIN_TOKEN names.'),
		h('label', { for: 'token' }, 'Token'),
		input,
		h('button.main', 'Go on'),
		h('p.faint', 'It is kept until this window is closed, and is part of no address.'),
	);
}

async function refresh() {
	clearTimeout(timer);
	const asking = view;
	try {
		if (!system.locked && !document.hidden && system.services.length > 0) await asking.refresh?.();
	} catch (error) {
		noteLack(error); // anything else is told by the banner, since whoever is watched does not answer either
	}
	if (asking !== view) return;
	draw();
	clearTimeout(timer);
	const waitMs = system.services.length > 0 ? (asking.everyMs ?? everyMs) : soonMs;
	timer = window.setTimeout(() => void refresh(), waitMs);
}

function listen() {
	onChange(draw);
	window.addEventListener('hashchange', () => {
		if (!location.hash.startsWith('#/') && location.hash !== '') return;
		show();
		scrollTo(0, 0);
		the('view').querySelector('h1')?.focus();
	});
	document.addEventListener('visibilitychange', () => {
		if (document.hidden) return stop();
		start();
		void refresh();
	});
	the('search').addEventListener('submit', (event) => {
		event.preventDefault();
		const { value } = /** @type {HTMLInputElement} */ (the('txid'));
		if (value.trim()) location.hash = `#/find/${encodeURIComponent(value.trim())}`;
	});
	document.querySelector('.skip')?.addEventListener('click', (event) => {
		event.preventDefault();
		the('view').focus();
	});
	window.addEventListener('resize', draw);
	setInterval(() => {
		if (system.troubles.size > 0 || view.ticks?.()) draw();
	}, 1_000);
	the('dialog').addEventListener('close', () => (say(''), void refresh()));
}

listen();
show();
start();
